"""What a page of the agent's own origin may do at the courier's endpoints."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.models import Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.job_handles import make_handle
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from tests.factories.gym import gym
from tests.hub.sync.counterpart import Counterpart

pytestmark = pytest.mark.django_db
ORIGIN = "http://192.168.1.20:8770"


def ask(name: str, body: dict[str, Any], origin: str = ORIGIN) -> HttpResponse:
    answer: Any = Client().post(
        f"/courier/{name}", json.dumps(body), content_type="application/json", headers={"Origin": origin, "Host": "127.0.0.1"}
    )
    return answer  # type: ignore[no-any-return]  # the test client's answer is one


@pytest.fixture
def job() -> dict[str, str]:
    club = gym(["Alice"])
    with scope(company=club.company):
        Counterpart(club.agent)
        Agent.objects.filter(pk=club.agent.pk).update(url=ORIGIN)
        choice = Selection(locations=frozenset(location.pk for location in club.locations))
        run = start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
        return {"agent": club.agent.public_id, "handle": make_handle(run=run, agent=club.agent)}


def test_refusals_of_messages_reach_the_agents_page(job: dict[str, str]) -> None:
    answer = ask("hello", {**job, "hello": "e30.e30.e30"})
    assert answer.status_code == 409
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert json.loads(answer.content)["error"] == "malformed"


def test_after_the_run_nothing_is_left_to_carry(job: dict[str, str]) -> None:
    assert not json.loads(ask("next", {**job, "nonce": "0" * 32}).content)["idle"]
    with scopes_disabled():
        Run.objects.update(closed_at=timezone.now())
    for name, more in (("next", {"nonce": "0" * 32}), ("hello", {"hello": "x"})):
        answer = ask(name, {**job, **more})
        assert (answer.status_code, json.loads(answer.content)["idle"]) == (200, True)
    for name in ("receipt", "part", "refused"):
        late = ask(name, {**job, name: "x"})
        assert late.status_code == 409, "what is still on its way is looked at"


def test_foreign_page_without_a_handle_learns_nothing(job: dict[str, str]) -> None:
    for body in ({"agent": job["agent"], "nonce": ""}, {"agent": "nobody", "nonce": "", "handle": job["handle"]}):
        answer = ask("next", body)
        assert (answer.status_code, json.loads(answer.content)) == (403, {"error": "foreign-origin"})
        assert "Access-Control-Allow-Origin" not in answer

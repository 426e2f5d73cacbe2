"""The pages that add and delete agents."""

from __future__ import annotations

from django_scopes import scope

from doorsync.hub.terminals.models import Agent
from tests.factories.desk import desk_of
from tests.factories.gym import gym


def test_agent_is_added_and_deleted(db: None) -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        desk = desk_of(club)
        assert desk.send("/agents/add/", name="Cellar")[0] == 303
        agent = Agent.objects.get(name="Cellar")
        assert desk.send(f"/agents/{agent.public_id}/delete/", word="Cellar")[0] == 303
        status, text = desk.send(f"/agents/{club.agent.public_id}/delete/", word=club.agent.name)
        assert (status, "still reaches Gate" in text) == (409, True)

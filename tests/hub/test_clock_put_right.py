"""A hub whose clock was wrong and is put right: nothing that was begun by the wrong clock holds, and nobody is kept out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import actions, errors, sign_in_throttle
from doorsync.hub.administrators.models import Administrator, KnownSource, SyncToken
from doorsync.hub.administrators.sign_in_lookup import look_up
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.courier import agent_checks
from doorsync.hub.sync.models import Run, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.job_handles import HandleOver, find_job, make_handle
from doorsync.hub.sync.run.retries import retry_terminal
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals import enrolment
from doorsync.hub.terminals.connectivity import SILENT, is_connected, note_silence
from doorsync.hub.terminals.errors import CodeExpired
from doorsync.hub.terminals.models import Agent
from doorsync.messages.keys import KeyPairs
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]
RIGHT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
WRONG_BY = [timedelta(days=10), timedelta(hours=1), timedelta(hours=-1), timedelta(days=-10)]
HERE, ORIGIN = "192.0.2.1", "http://192.168.1.20:8770"


@pytest.fixture
def alice() -> Administrator:
    return world.administrator(world.company(slug="gym"), username="alice")


@pytest.fixture(params=WRONG_BY, ids=str)
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    """Wrong at first; `put_right` makes it right."""
    with time_machine.travel(RIGHT + request.param, tick=False) as found:
        yield found


def put_right(clock: time_machine.Traveller) -> None:
    clock.move_to(RIGHT)


@pytest.mark.requirement("S-06", mutation="windows that end at any later moment count as running")
@pytest.mark.parametrize("known", [False, True])
def test_right_password_signs_in_at_once(alice: Administrator, clock: time_machine.Traveller, known: bool) -> None:
    if known:
        with scope(company=alice.company):
            sign_in_throttle.remember_source(alice.company, HERE)
    for _ in range(sign_in_throttle.STRANGERS):
        with pytest.raises(errors.NoSuchAdministrator):
            actions.authenticate(company=alice.company, username="alice", password="wrong one", address=HERE)
    with pytest.raises(errors.Throttled):
        actions.authenticate(company=alice.company, username="alice", password="passwrod", address=HERE)
    put_right(clock)
    assert actions.authenticate(company=alice.company, username="alice", password="passwrod", address=HERE) == alice


def test_source_that_was_known_later_than_now_is_a_stranger_until_it_signs_in(alice: Administrator) -> None:
    with time_machine.travel(RIGHT + timedelta(days=10), tick=False), scope(company=alice.company):
        sign_in_throttle.remember_source(alice.company, HERE)
    with time_machine.travel(RIGHT, tick=False), scope(company=alice.company):
        assert not look_up(alice.company, "alice", HERE).known
        sign_in_throttle.remember_source(alice.company, HERE)
        assert KnownSource.objects.get().seen_at == RIGHT
        assert look_up(alice.company, "alice", HERE).known


@pytest.mark.requirement("T-02", mutation="no look at issued_at")
def test_tokens_of_the_wrong_clock_are_refused_and_fresh_ones_work(alice: Administrator, clock: time_machine.Traveller) -> None:
    wrong = [token_for(alice) for _ in range(5)]
    landing = Visitor().follow(wrong[0])
    put_right(clock)
    assert Visitor().get(landing).status_code == 410
    assert [Visitor().sign_in(token).status_code for token in wrong] == [410] * 5
    fresh = [token_for(alice) for _ in range(4)]
    assert [Visitor().sign_in(token).status_code for token in fresh] == [303] * 4, "wrong ones take no place"
    with scopes_disabled():
        reasons = {entry.subject["reason"] for entry in Entry.objects.filter(event="token.refused")}
        assert not Entry.objects.filter(event="token.replayed").exists(), "nobody is taken for a thief"
    assert reasons in ({"clock"}, {"expired"})


def test_token_of_a_clock_that_is_a_little_ahead_works(alice: Administrator) -> None:
    with time_machine.travel(RIGHT + timedelta(seconds=30), tick=False):
        token = token_for(alice)
    with time_machine.travel(RIGHT, tick=False):
        assert Visitor().sign_in(token).status_code == 303


@pytest.mark.requirement("T-10", mutation="no look at opened_at in lapse")
@pytest.mark.parametrize("kind", ["sync", "full"])
def test_sessions_of_the_wrong_clock_are_over(alice: Administrator, kind: str) -> None:
    for jump in WRONG_BY:
        visitor = Visitor()
        with time_machine.travel(RIGHT + jump, tick=False):
            if kind == "sync":
                page = f"/sync/?s={session_of(visitor.sign_in(token_for(alice)))}"
            else:
                page = visitor.sign_in_fully("gym", "alice")["Location"]
            assert visitor.get(page).status_code == 200
        with time_machine.travel(RIGHT, tick=False):
            kept = kind == "full" and timedelta(hours=-12) < jump < timedelta()
            assert (visitor.get(page).status_code == 200) is kept, jump


def test_enrolment_codes_of_the_wrong_clock_are_expired(alice: Administrator, clock: time_machine.Traveller) -> None:
    agent = world.agent(alice.company)
    actor = Actor(company_id=alice.company_id)
    wrong = enrolment.issue_code(agent=agent, actor=actor)
    put_right(clock)
    keys = KeyPairs.generate().public.as_dict()
    with pytest.raises(CodeExpired):
        enrolment.redeem_code(code=wrong, keys=keys, software="x", url="")
    fresh = enrolment.issue_code(agent=agent, actor=actor)
    assert enrolment.redeem_code(code=fresh, keys=keys, software="x", url="") == agent


def test_agents_are_asked_anew_and_missed_when_they_are_silent(alice: Administrator, clock: time_machine.Traveller) -> None:
    wrong = datetime.now(UTC)
    agent = world.agent(alice.company, nonce_at=wrong, waited_at=wrong, seen_at=wrong, keys={"any": "keys"})
    put_right(clock)
    assert agent_checks.is_old(agent)
    note_silence(RIGHT)
    clock.shift(SILENT + timedelta(seconds=1))
    note_silence(datetime.now(UTC))
    with scopes_disabled():
        agent = Agent.objects.get()
    assert agent.silent_at
    assert not is_connected(agent, datetime.now(UTC))


@pytest.fixture
def club() -> Gym:
    with time_machine.travel(RIGHT, tick=False):
        return gym(["Alice"])


def pressed(club: Gym) -> Run:
    choice = Selection(locations=frozenset(location.pk for location in club.locations))
    return start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)


def test_handles_of_the_wrong_clock_are_over(club: Gym, clock: time_machine.Traveller) -> None:
    with scope(company=club.company):
        Agent.objects.filter(pk=club.agent.pk).update(url=ORIGIN)
        club.agent.refresh_from_db()
        run = pressed(club)
        handle = make_handle(run=run, agent=club.agent)
        assert find_job(handle, club.agent, ORIGIN).run == run
        put_right(clock)
        with pytest.raises(HandleOver):
            find_job(handle, club.agent, ORIGIN)


def test_terminal_that_was_lost_later_than_now_is_tried(club: Gym) -> None:
    with scope(company=club.company):
        run_terminals = pressed(club).run_terminals.filter(terminal=club.terminals[0])
        run_terminals.update(state=RunTerminalState.NOT_REACHED, changed_at=RIGHT + timedelta(days=10))
        Agent.objects.update(waited_at=RIGHT)
        with time_machine.travel(RIGHT, tick=False):
            assert retry_terminal(club.terminals[0], RIGHT)


def test_claim_of_a_process_that_died_under_the_wrong_clock_holds_nobody_up(club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    with scope(company=club.company), time_machine.travel(RIGHT, tick=False):
        club.add("Guest", club.members, expires="2026-12-01T00:00")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with time_machine.travel(RIGHT + timedelta(days=10), tick=False), monkeypatch.context() as patch:
        patch.setattr("doorsync.hub.sync.run.scheduler.refresh_holdings", die)
        with pytest.raises(KeyboardInterrupt):
            apply_due_changes()
    with time_machine.travel(RIGHT, tick=False):
        assert apply_due_changes() == 1


def test_tokens_later_than_now_are_revoked_for_good(alice: Administrator) -> None:
    with time_machine.travel(RIGHT + timedelta(days=10), tick=False):
        token_for(alice)
    with time_machine.travel(RIGHT, tick=False):
        token_for(alice)
    with scopes_disabled():
        assert SyncToken.objects.filter(revoked_at=RIGHT, issued_at__gt=RIGHT).count() == 1

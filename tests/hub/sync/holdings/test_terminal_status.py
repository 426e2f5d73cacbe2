"""How a terminal stands: "up to date" is said only where nothing at all waits, and everywhere alike."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.reason import NO_REASON
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.sync.holdings.terminal_status import Condition, TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Holding, Run, RunTerminalState, ValidityChange
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.sync.scopes import NOBODY
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import QuarantineCode, UnreadCode
from doorsync.hub.web.sync.labels import TERMINAL, run_terminal_badge, terminal_badge, what_is_left
from doorsync.hub.web.sync.run_status import run_status
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart

GATE = Terminal(pk=1, name="Gate", location=Location(name="North"))
NOW = timezone.now()
UNREAD = (NO_REASON, UnreadCode.CLOCK_JUMPED())


@pytest.fixture
def club() -> Gym:
    return gym([f"Person {number:02}" for number in range(25)])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    return visitor


def send(club: Gym, there: Counterpart, *groups: int) -> Run:
    choice = Selection(terminals=frozenset(t.pk for t in club.terminals), groups=frozenset(groups))
    run = start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    there.work()
    return run


def text(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def claims(page: HttpResponse) -> bool:
    """Whether a page says of anything that it is up to date."""
    return bool(re.search(r"(?<!is not )(?<!are not )up to date", text(page))) and "0 of" not in text(page)


@pytest.mark.requirement("I-04", mutation="condition ignores busy, then unread, then overdue, then confirmed, then refused")
@pytest.mark.parametrize(("waiting", "refused", "strangers"), list(itertools.product((0, 3), (0, 2), (0, 1))))
@pytest.mark.parametrize(("unread", "lost", "seen"), list(itertools.product((False, True), repeat=3)))
@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=3)))
def test_up_to_date_means_that_nothing_else_is_true(
    waiting: int, refused: int, strangers: int, unread: bool, lost: bool, seen: bool, flags: tuple[bool, bool, bool]
) -> None:
    busy, confirmed, overdue = flags
    gate = Terminal(
        pk=1,
        name="Gate",
        unread=UNREAD[unread],
        lost_at=NOW if lost else None,
        seen_at=NOW if seen else None,
    )
    status = TerminalStatus(
        terminal=gate, waiting=waiting, refused=refused, strangers=strangers, busy=busy, confirmed=confirmed, overdue=overdue
    )
    calm = seen and confirmed and not (waiting or busy or overdue or unread or lost or strangers)
    assert status.up_to_date == (calm and not refused)
    assert (terminal_badge(status).tone == "good") == status.up_to_date
    assert ("up to date" in str(terminal_badge(status).word)) == calm
    assert bool(what_is_left(status)) == (not status.up_to_date)
    if waiting:
        assert "3 changes still wait at Gate." in what_is_left(status)
    for state in RunTerminalState:  # the word of a run terminal never says more than that of its terminal
        word = str(run_terminal_badge(state, status).word)
        assert ("up to date" in word) == (state == RunTerminalState.DONE and calm)
        assert run_terminal_badge(state, status).tone != "good" or state == RunTerminalState.DONE


def test_every_condition_has_its_words() -> None:
    assert set(TERMINAL) == set(Condition)


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="LineView.up_to_date is done_all: a run of removals said that all is up to date")
def test_run_of_removals_says_what_it_did_and_how_much_waits(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, there)
        user = club.members.users.first()
        assert user
        club.remove(user)
        for number in range(51):
            club.add(f"New {number}", club.members)
        choice = Selection(terminals=frozenset([club.terminals[0].pk]), groups=NOBODY)
        run = start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
        there.work()
        view = run_status(run.public_id)
        assert view.sentence == "Removed 1 person. 51 changes still wait at Gate."
        assert (view.state, view.percent, view.right, view.waiting) == ("limited", 100, 0, 51)
        assert view.run_terminals[0].look.word == "done"
        page = visitor.get(f"/sync/runs/{run.public_id}/")
        assert not claims(page)
        assert 'data-state="limited"' in page.content.decode()
        assert 'data-waiting="51"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="the plan's state follows the orders within its own groups")
def test_plan_of_a_group_is_not_green_while_others_wait(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    """A card that was taken from a member is still in the door, whatever a plan for the staff alone has to send."""
    with scope(company=club.company):
        send(club, there)
        user = club.members.users.first()
        assert user
        club.rename(user, "Other Name")
        planned = build_plan(club.company, Selection(groups=frozenset([club.staff.pk])))
    terminal_plan = next(each for each in planned.terminal_plans if each.terminal.pk == club.terminals[0].pk)
    assert (terminal_plan.pending, terminal_plan.elsewhere, terminal_plan.status.condition) == (0, 1, Condition.CHANGES)
    page = text(visitor.get(f"/sync/?group={club.staff.pk}&mode=changes"))
    assert "Nothing waits within this filter; 2 changes outside it do." in page
    assert "1 more waits outside this filter" in page
    assert page.count("up to date") == 1  # the office, which has no members


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="the history counts run terminals that are done as up to date")
def test_history_says_what_a_run_did_and_not_how_terminals_stand(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, there, club.staff.pk)
    recent = text(visitor.get("/sync/")).split("Recent runs")[1]
    assert "done at 3 of 3 terminals" in recent
    assert "up to date" not in recent


@pytest.mark.django_db
def test_history_says_that_a_removal_waited(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        run = send(club, there)
        Run.objects.filter(pk=run.pk).update(opened_at=timezone.now() - timedelta(minutes=42))
        assert "waited, and ended" in text(visitor.get("/sync/"))
        run.run_terminals.filter(terminal=club.terminals[0]).update(state=RunTerminalState.NOT_REACHED, retry_at=timezone.now())
    page = text(visitor.get("/sync/"))
    assert "waits for 1 terminal to answer" in page
    assert "waited, and ended" not in page


def only_change(club: Gym, **moments: datetime) -> None:
    """Of one member, and of nobody else: time changes something for them then."""
    user = club.members.users.first()
    assert user
    ValidityChange.objects.all().delete()
    ValidityChange.objects.create(company_id=club.company.pk, user_id=user.pk, **moments)


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="_is_overdue always False")
def test_nothing_is_up_to_date_while_the_clock_has_something_to_work_out(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        send(club, there)
        only_change(club, at=timezone.now() - timedelta(seconds=1))
        assert {status.condition for status in terminal_statuses(Terminal.objects.all()).values()} == {Condition.CHANGES}


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="_is_overdue not looking for moments that lie ahead again")
def test_nothing_is_up_to_date_while_a_clock_that_was_put_back_has_something_to_undo(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        send(club, there)
        only_change(club, since=timezone.now() + timedelta(minutes=5))
        assert {status.condition for status in terminal_statuses(Terminal.objects.all()).values()} == {Condition.CHANGES}


@pytest.mark.django_db
@pytest.mark.requirement("I-04", mutation="apply_due_changes() claiming without `claimed=True`")
def test_nothing_is_up_to_date_while_a_due_change_has_failed(club: Gym, there: Counterpart) -> None:
    """The clock tries it again when its lease is over; until then its moment lies ahead, though it has come."""
    with scope(company=club.company):
        send(club, there)
        only_change(club, at=timezone.now() - timedelta(seconds=1))
    key = bytes(club.company.sealed_key)
    Company.objects.filter(pk=club.company.pk).update(sealed_key=bytes(60))  # nothing can be worked out
    apply_due_changes()
    Company.objects.filter(pk=club.company.pk).update(sealed_key=key)
    with scope(company=club.company):
        assert ValidityChange.objects.filter(at__gt=timezone.now()).exists()
        assert {status.condition for status in terminal_statuses(Terminal.objects.all()).values()} == {Condition.CHANGES}


@pytest.mark.django_db
@pytest.mark.requirement("I-05", mutation="statuses() takes every terminal as confirmed")
def test_first_page_after_a_start_calls_nothing_up_to_date(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        run = send(club, there)
    begin_epoch()
    page = visitor.get("/sync/")
    assert not claims(page)
    assert "not confirmed since Doorsync started" in text(page)
    assert "<dt>the same</dt><dd>0</dd>" not in page.content.decode(), "0 reads as nobody"
    assert "A dash does not mean nobody: how many are the same is not known yet at 3 terminals." in text(page)
    followed = visitor.get(f"/sync/runs/{run.public_id}/")
    assert not claims(followed)
    with scope(company=club.company):
        again = send(club, there)
        assert run_status(again.public_id).sentence == "All 3 terminals are up to date."


@pytest.mark.django_db
def test_terminal_of_an_agent_in_quarantine_is_not_called_up_to_date(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        send(club, there)
        Agent.objects.filter(pk=club.agent.pk).update(quarantined=QuarantineCode.TWO_COPIES())
        told = terminal_statuses(Terminal.objects.select_related("agent"))
        assert {status.condition for status in told.values()} == {Condition.UNCONFIRMED}


@pytest.mark.django_db
def test_terminal_that_cannot_hold_somebody_is_not_plainly_up_to_date(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        club.add("Longpin", club.members, pin="123456789")
        run = send(club, there)
        view = run_status(run.public_id)
        assert (view.state, view.percent, view.refused, view.retryable) == ("limited", 100, 2, False)
    assert "up to date, but cannot hold 1 person" in text(visitor.get(f"/sync/runs/{run.public_id}/"))
    assert "up to date, but cannot hold 1 person" in text(visitor.get("/sync/"))


@pytest.mark.django_db
def test_person_who_became_holdable_leaves_no_run_at_99_percent(club: Gym, there: Counterpart) -> None:
    """What a terminal cannot hold is asked when somebody looks, never remembered."""
    with scope(company=club.company):
        gate = club.terminals[0]
        gate.limits = {**Capabilities().as_dict(), "capacity": 20}
        gate.save()
        run = send(club, there)
        assert run_status(run.public_id).run_terminals[0].status.refused == 0 or run_status(run.public_id).state != "done"
        there.work()
        view = run_status(run.public_id)
    assert view.percent == 100
    assert view.run_terminals[0].status.refused == 0


@pytest.mark.django_db
def test_status_costs_the_same_for_one_terminal_and_for_many(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        few, many = club.terminals[:1], [*club.terminals, *(_terminal(club, number) for number in range(20))]
        counts = []
        for chosen in (few, many):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                terminal_statuses(chosen)
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def _terminal(club: Gym, number: int) -> Terminal:
    made = world.terminal(club.locations[0], club.agent, f"Door {number}")
    Holding.objects.create(company_id=club.company.pk, kind=Kind.USER, key="1", terminal_id=made.pk, wanted=b"x" * 16)
    return made

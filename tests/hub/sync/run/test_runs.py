"""A run from the press to what is in the terminals, and everything that may stop it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.errors import NeedsConfirmation
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Run, RunTerminal, RunTerminalState, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.runs import give_up_overdue, retry_run, start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import Gym, gym
from tests.factories.patience import PATIENCE
from tests.hub.sync.counterpart import Counterpart

PEOPLE = [f"Person {number:02}" for number in range(30)]


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(PEOPLE)
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    counterpart = Counterpart(club.agent)
    club.agent.refresh_from_db()
    return counterpart


def everything(club: Gym, mode: Mode = Mode.CHANGES) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations), mode=mode)


def sync(club: Gym, there: Counterpart, mode: Mode = Mode.CHANGES, confirmed: int | None = None) -> Run:
    run = start_run(company=club.company, choice=everything(club, mode), confirmed=confirmed, actor=club.actor)
    there.work()
    return run


def names(there: Counterpart, terminal: Terminal) -> dict[str, str]:
    return {key: str(fields["name"]) for key, fields in there.device(terminal).people().items()}


def assert_right(club: Gym, there: Counterpart) -> None:
    for terminal in club.terminals:
        assert names(there, terminal) == club.should_hold(terminal), terminal
    assert not Holding.objects.filter(state__in=(HoldingState.REMOVE, HoldingState.CHANGED, HoldingState.NEW)).exists()


def test_run_fills_each_terminal_with_just_its_people(club: Gym, there: Counterpart) -> None:
    club.add("Boss", club.staff, card="4711", pin="2468")

    run = sync(club, there)

    assert_right(club, there)
    assert run_status(run.public_id).sentence == "All 3 terminals are up to date."
    office = there.device(club.terminals[1])
    assert [fields["cards"] for fields in office.people().values()] == [["4711"]]
    assert {key for kind, key in office.memory if kind is Kind.SCHEDULE} == {str(club.always.number)}


@pytest.mark.requirement("R-10", mutation="counting an order as done when it was sent instead of when it was read back")
def test_plan_counts_equal_the_sums_of_the_receipts(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    gone, changed = list(club.members.users.all()[:2])
    club.remove(gone)
    club.rename(changed, "Renamed")
    club.add("Newcomer", club.members)
    planned = build_plan(club.company, everything(club))

    run = run_status(sync(club, there).public_id)

    assert [(terminal_plan.new, terminal_plan.changed, terminal_plan.removed) for terminal_plan in planned.terminal_plans] == [
        (1, 1, 1),
        (0, 0, 0),
        (1, 1, 1),
    ]
    assert [(run_terminal.new, run_terminal.changed, run_terminal.removed) for run_terminal in run.run_terminals] == [
        (1, 1, 1),
        (0, 0, 0),
        (1, 1, 1),
    ]
    assert_right(club, there)


def test_removed_person_leaves_the_terminals_even_outside_the_groups(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    gone = club.members.users.first()
    assert gone is not None
    club.remove(gone)
    staff_only = Selection(groups=frozenset({club.staff.pk}))

    start_run(company=club.company, choice=staff_only, confirmed=None, actor=club.actor)
    there.work()

    assert_right(club, there)


def test_groups_limit_who_is_added_and_changed(club: Gym, there: Counterpart) -> None:
    boss = club.add("Boss", club.staff)

    start_run(company=club.company, choice=Selection(groups=frozenset({club.staff.pk})), confirmed=None, actor=club.actor)
    there.work()

    assert names(there, club.terminals[0]) == {str(boss.number): "Boss"}


@pytest.mark.requirement("R-06", mutation="Guard.free returning the number of people held")
def test_mass_removal_waits_for_the_typed_count(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    for user in club.members.users.all()[:21]:
        club.remove(user)

    for typed in (None, 1, 43):
        with pytest.raises(NeedsConfirmation, match="42 removals in all"):
            start_run(company=club.company, choice=everything(club), confirmed=typed, actor=club.actor)
    assert len(names(there, club.terminals[0])) == 30

    sync(club, there, confirmed=42)
    assert_right(club, there)


@pytest.mark.requirement("R-06", mutation="not asking for the ceiling before a batch is built")
def test_confirmed_count_is_a_ceiling_at_each_batch(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    for user in club.members.users.all()[:21]:
        club.remove(user)
    run = start_run(company=club.company, choice=everything(club), confirmed=42, actor=club.actor)
    one_more = club.members.users.first()
    assert one_more is not None
    club.remove(one_more)

    there.work()

    assert [run_terminal.state for run_terminal in run_status(run.public_id).run_terminals] == [
        RunTerminalState.REFUSED,
        RunTerminalState.DONE,
        RunTerminalState.REFUSED,
    ]
    assert len(names(there, club.terminals[0])) == 30
    assert "were foreseen" in run_status(run.public_id).run_terminals[0].message


@pytest.mark.requirement("R-06", mutation="is_empty ignored in Plan.to_confirm")
def test_empty_filter_removes_nobody_without_the_typed_count(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    gone = club.members.users.first()
    assert gone is not None
    club.remove(gone)

    with pytest.raises(NeedsConfirmation, match="2 removals"):
        start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)

    start_run(company=club.company, choice=Selection(), confirmed=2, actor=club.actor)
    there.work()
    assert_right(club, there)


@pytest.mark.requirement("R-06", mutation="overflow() always 0")
def test_people_beyond_the_capacity_are_refused_before_sending(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    gate.limits = {**gate.limits, "capacity": 28}
    gate.save()
    there.device(gate).capabilities = gate.limits

    planned = build_plan(club.company, everything(club)).terminal_plans[0]
    run = run_status(sync(club, there).public_id)

    assert (planned.new, planned.refused) == (28, 2)
    assert len(names(there, gate)) == 28
    assert run.run_terminals[0].state == RunTerminalState.DONE
    assert run.run_terminals[0].left == "Gate cannot hold 2 people."


@pytest.mark.requirement("R-06", mutation="rendering a PIN that is too long instead of refusing it")
def test_person_beyond_the_abilities_is_refused_with_the_reason(club: Gym, there: Counterpart) -> None:
    club.add("Longpin", club.members, pin="123456789")
    sync(club, there)

    refused = Holding.objects.filter(state=HoldingState.REFUSED)

    why = RefusalCode.PIN_LENGTH(digits=9, least=4, most=8)
    assert {(row.label, row.refusal) for row in refused} == {("Longpin", why)}
    assert describe_selection(why) == "The PIN has 9 digits; this terminal takes 4 to 8."
    assert "Longpin" not in names(there, club.terminals[0]).values()


@pytest.mark.requirement("R-03", mutation="apply_snapshot leaving strangers out")
def test_verify_finds_and_repairs_what_changed_behind_our_back(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    memory = there.device(club.terminals[0]).memory
    people = [place for place in memory if place[0] is Kind.USER]
    memory[people[0]] = {**memory[people[0]], "name": "Forged"}
    del memory[people[1]]
    memory[Kind.USER, "99999"] = {"name": "Stranger", "cards": ["1"], "pin": "", "schedules": [], "until": ""}
    writes = there.device(club.terminals[0]).writes

    run = sync(club, there, Mode.VERIFY)

    assert names(there, club.terminals[0]).pop("99999") == "Stranger"
    assert Stranger.objects.get().name == "Stranger"  # found, and left for somebody to decide on
    del memory[Kind.USER, "99999"]
    assert_right(club, there)
    assert there.device(club.terminals[0]).writes == writes + 2, "only what was wrong is written"
    told = "Changed 1 person. Added 1 person. 1 person is known to Gate only: somebody has to decide on them."
    assert run_status(run.public_id).sentence == told


def test_erase_and_rewrite_needs_the_count_and_ends_with_everybody(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    there.device(club.terminals[0]).memory[Kind.USER, "99999"] = {"name": "Stranger", "schedules": []}

    with pytest.raises(NeedsConfirmation, match="60 removals"):
        sync(club, there, Mode.ERASE)
    sync(club, there, Mode.ERASE, confirmed=60)

    assert_right(club, there)


@pytest.mark.requirement("R-07", mutation="open_key without the unique constraint and without the look for a running run")
def test_second_press_with_the_same_filter_joins_the_run(club: Gym, there: Counterpart) -> None:
    first = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    second = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    other = start_run(
        company=club.company, choice=Selection(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor
    )

    there.work()

    assert first == second != other
    assert [run_status(run.public_id).sentence for run in (first, other)] == ["All 3 terminals are up to date."] * 2
    assert_right(club, there)


def test_terminal_that_is_gone_holds_nobody_up_and_is_named(club: Gym, there: Counterpart) -> None:
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    run = sync(club, there)
    view = run_status(run.public_id)
    assert [run_terminal.state for run_terminal in view.run_terminals] == [
        RunTerminalState.DONE,
        RunTerminalState.DONE,
        RunTerminalState.SYNCING,
    ]
    run.run_terminals.filter(terminal=pool).update(failing_since=timezone.now() - timedelta(seconds=61))

    there.work()

    view = run_status(run.public_id)
    assert view.sentence == "2 of 3 terminals are up to date; Pool did not answer."
    assert names(there, pool) == {}
    there.fault = lambda _: ""
    retry_run(run=view.run, actor=club.actor)
    there.work()
    assert_right(club, there)
    assert run_status(run.public_id).sentence == "All 3 terminals are up to date."


def test_run_terminal_that_is_opened_again_is_not_done_before_its_terminal_was_heard_of(club: Gym, there: Counterpart) -> None:
    pool = club.terminals[2]
    run = sync(club, there)
    run.run_terminals.filter(terminal=pool).update(
        state=RunTerminalState.NOT_REACHED
    )  # after it had been heard of; nothing waits by now
    there.fault = lambda name: "gone" if name == pool.public_id else ""

    retry_run(run=run, actor=club.actor)
    there.work()

    assert run.run_terminals.get(terminal=pool).state == RunTerminalState.SYNCING


def test_lying_terminal_is_never_called_up_to_date(club: Gym, there: Counterpart) -> None:
    there.fault = lambda _: "lying"

    run = run_status(sync(club, there).public_id)

    assert [run_terminal.state for run_terminal in run.run_terminals] == [RunTerminalState.PARTLY] * 3
    assert run.run_terminals[0].problems[0].message == "The terminal accepted this, but it is not there when read back."
    assert not Holding.objects.filter(state=HoldingState.SAME).exists()


def test_other_company_sees_and_changes_nothing(club: Gym, there: Counterpart) -> None:
    others = gym(["Mallory"], other=True)
    sync(club, there)

    with scope(company=others.company):
        assert build_plan(others.company, Selection()).terminal_plans[0].new == 1
        assert {row.label for row in Holding.objects.all()} == {"Mallory", "Always"}
    assert "Mallory" not in names(there, club.terminals[0]).values()


def test_person_who_comes_back_before_the_removal_was_sent_just_stays(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    user = club.members.users.first()
    assert user is not None
    with transaction.atomic():
        user.groups.clear()
        club.tell(user)
    assert build_plan(club.company, everything(club)).removed == 2

    with transaction.atomic():
        user.memberships.create(company=club.company, group=club.members)
        club.tell(user)

    assert build_plan(club.company, everything(club)).removed == 0
    assert_right(club, there)


@pytest.mark.requirement("R-07", mutation="Run.open_key without its unique constraint")
def test_ten_presses_in_one_moment_are_one_run(club: Gym, there: Counterpart) -> None:
    start = threading.Barrier(10)

    def press_now() -> int:
        try:
            with scope(company=club.company):
                start.wait(PATIENCE)
                return start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        runs = [done.result() for done in [pool.submit(press_now) for _ in range(10)]]

    assert len(set(runs)) == 1
    assert Run.objects.count() == 1


@pytest.mark.requirement("R-07", mutation="issue() without locking the terminal")
def test_two_couriers_at_once_issue_each_terminal_one_batch(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    start_run(company=club.company, choice=Selection(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor)
    there.hello()
    start = threading.Barrier(6)

    def ask() -> list[str]:
        try:
            start.wait(PATIENCE)
            return [
                each["sealed"]
                for each in dispatch.next_batches(agent_checks.find_agent(club.agent.public_id), there.nonce)["batches"]
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = [done.result() for done in [pool.submit(ask) for _ in range(6)]]

    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == Batch.objects.count() == 3


def test_changes_and_receipts_at_once_neither_lock_up_nor_get_lost(club: Gym, there: Counterpart) -> None:
    run = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    users = list(club.members.users.all())

    def change(part: int) -> None:
        try:
            with scope(company=club.company):
                for user in users[part::3]:
                    club.rename(user, f"Renamed {user.number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        changes = [pool.submit(change, part) for part in range(3)]
        while not all(done.done() for done in changes):
            there.work()
        for done in changes:
            done.result()
    there.work()
    if run_status(run.public_id).run.closed_at:
        sync(club, there)

    assert_right(club, there)


@pytest.mark.requirement("R-10", mutation="_credit() for the sending run terminal only")
def test_two_open_runs_both_count_what_either_of_them_did(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    gone = club.members.users.first()
    assert gone is not None
    club.remove(gone)
    club.add("Newcomer", club.members)
    first = start_run(company=club.company, choice=Selection(groups=frozenset({club.staff.pk})), confirmed=None, actor=club.actor)
    second = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)

    there.work()

    assert [(run_terminal.new, run_terminal.removed) for run_terminal in run_status(first.public_id).run_terminals] == [
        (0, 1),
        (0, 0),
        (0, 1),
    ]
    assert [(run_terminal.new, run_terminal.removed) for run_terminal in run_status(second.public_id).run_terminals] == [
        (1, 1),
        (0, 0),
        (1, 1),
    ]
    assert run_status(second.public_id).percent == 100


def test_terminal_that_cannot_hold_somebody_is_told_apart_and_not_retried(club: Gym, there: Counterpart) -> None:
    club.add("Longpin", club.members, pin="123456789")

    run = run_status(sync(club, there).public_id)

    assert run.sentence == "1 of 3 terminals is up to date; Gate cannot hold 1 person; Pool cannot hold 1 person."
    assert not run.retryable


def test_open_run_counts_nobody_who_was_not_its_own_to_send(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    for group in (club.members, club.staff):
        club.add(f"New in {group.name}", group)
    runs = [
        start_run(company=club.company, choice=Selection(groups=frozenset({group.pk})), confirmed=None, actor=club.actor)
        for group in (club.members, club.staff)
    ]
    there.work()
    assert [run.run_terminals.get(terminal=club.terminals[0]).done_new for run in runs] == [1, 1]


def test_terminal_that_answers_one_run_is_lost_to_no_other(club: Gym, there: Counterpart) -> None:
    there.fault = lambda _: "gone"
    first = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    other = start_run(
        company=club.company, choice=Selection(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor
    )
    there.work(rounds=2)
    assert not other.run_terminals.filter(failing_since=None).exists()

    there.fault = lambda _: ""
    RunTerminal.objects.update(retry_at=None)
    there.work(rounds=1)

    assert first.run_terminals.filter(failing_since=None, message="").count() == 3
    assert other.run_terminals.filter(failing_since=None, message="", retry_at=None).count() == 3


@pytest.mark.requirement("R-07", mutation="join() opening no ended run terminal again")
def test_joining_sends_what_came_after_a_run_terminal_had_ended(club: Gym, there: Counterpart) -> None:
    """One terminal keeps the run open; another, that was done, has somebody new meanwhile: a second press must not skip him."""
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    first = sync(club, there)
    club.add("Newcomer", club.members)

    second = sync(club, there)

    assert first == second
    assert "Newcomer" in names(there, club.terminals[0]).values()
    gate = run_status(second.public_id).run_terminals[0]
    assert (gate.state, gate.done, gate.planned) == (RunTerminalState.DONE, 31, 31)


def test_joining_asks_for_the_count_of_what_it_would_open_again(club: Gym, there: Counterpart) -> None:
    sync(club, there)
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    club.add("Newcomer", club.members)
    sync(club, there)
    for user in club.members.users.all()[:22]:
        club.remove(user)

    with pytest.raises(NeedsConfirmation, match="22 removals"):
        sync(club, there)
    sync(club, there, confirmed=22)

    assert names(there, club.terminals[0]) == club.should_hold(club.terminals[0])


def test_every_run_that_waits_for_a_terminal_says_that_it_does_not_answer(club: Gym, there: Counterpart) -> None:
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    first = start_run(company=club.company, choice=Selection(terminals=frozenset({pool.pk})), confirmed=None, actor=club.actor)
    second = sync(club, there)

    assert [
        describe_selection(run_terminal.message)
        for run in (first, second)
        for run_terminal in run.run_terminals.filter(terminal=pool)
    ] == ["The terminal did not answer."] * 2
    RunTerminal.objects.filter(terminal=pool).update(failing_since=timezone.now() - timedelta(seconds=61), retry_at=None)
    there.work()
    assert {run_terminal.state for run_terminal in RunTerminal.objects.filter(terminal=pool)} == {RunTerminalState.NOT_REACHED}


def test_run_that_waited_for_a_terminal_forgets_its_silence_when_it_answers(club: Gym, there: Counterpart) -> None:
    pool = club.terminals[2]
    there.fault = lambda name: "gone" if name == pool.public_id else ""
    start_run(company=club.company, choice=Selection(terminals=frozenset({pool.pk})), confirmed=None, actor=club.actor)
    second = sync(club, there)

    there.fault = lambda _: ""
    RunTerminal.objects.filter(terminal=pool).update(retry_at=None)
    there.work()

    assert run_status(second.public_id).sentence == "All 3 terminals are up to date."
    assert_right(club, there)


def test_run_terminal_is_not_given_up_while_its_batch_is_under_way(club: Gym, there: Counterpart) -> None:
    there.fault = lambda _: "mute"
    run = start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work(rounds=2)
    run.run_terminals.update(failing_since=timezone.now() - timedelta(minutes=2))

    give_up_overdue(run)
    assert set(run.run_terminals.values_list("state", flat=True)) == {RunTerminalState.SYNCING}

    with transaction.atomic():
        for batch in Batch.objects.filter(status=Batch.OPEN).select_related("terminal"):
            void_batch(batch)
    give_up_overdue(run)
    assert set(run.run_terminals.values_list("state", flat=True)) == {RunTerminalState.NOT_REACHED}

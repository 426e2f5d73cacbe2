"""Whatever takes access away goes out by itself, before anything that gives more; what gives more waits for Sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.allowance import Narrowing, allowed
from doorsync.domain.capabilities import USER_FIELDS
from doorsync.domain.digest import UNKNOWN, as_read, digest
from doorsync.domain.record import Kind, Record, Value
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.sync.holdings.narrowing import may_hold
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.automatic_runs import start_removal_run
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from doorsync.messages.schemas import Entry, Outcome
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import limit

CARDS = {"Alice": frozenset({"11", "12"}), "Bob": frozenset({"21"}), "Charlie": frozenset({"31"})}
LATER, SOON = "2099-06-01T12:00", "2099-05-01T12:00"


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    """Three people with cards, PINs and an expiry."""
    made = gym()
    with scope(company=made.company):
        for name in CARDS:
            made_user(made, name)
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everybody is in the terminals, which take two cards a person, and the agent waits at the hub."""
    counterpart = Counterpart(club.agent)
    for device in counterpart.devices.values():
        device.capabilities["cards_per_user"] = 2
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    counterpart.work()
    Agent.objects.update(waited_at=timezone.now())
    assert not Holding.objects.exclude(state=HoldingState.SAME).exists()
    return counterpart


def fields_of(club: Gym, name: str, **other: Any) -> Any:
    """All of a person, as a file with every column brings it; `cards` and `pin` are their credentials."""
    known = {"last_name": name, "cards": CARDS[name], "pin": f"47{len(name)}1", "expires": LATER, **other}
    cards, pin = known.pop("cards"), known.pop("pin")
    credentials = {"card": cards, "pin": frozenset({pin} if pin else ())}
    return {"groups": frozenset({club.members.pk}), "credentials": credentials, **known}


def made_user(club: Gym, name: str) -> None:
    write_users(company=club.company, writes=[Write(fields_of(club, name))], actor=club.actor)


def change(club: Gym, name: str, **other: Any) -> None:
    user = User.objects.get(last_name=name)
    write_users(company=club.company, writes=[Write(fields_of(club, name, **other), user)], actor=club.actor)


def everywhere(club: Gym) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations))


def held(club: Gym, there: Counterpart, name: str, terminal: int = 0) -> dict[str, object]:
    people = there.device(club.terminals[terminal]).people().values()
    return next((fields for fields in people if fields["name"] == name), {})


@pytest.mark.requirement("I-06", mutation="narrowed() always answering NONE")
@pytest.mark.parametrize(
    ("taken", "field", "left"),
    [
        ({"cards": frozenset({"11"})}, "cards", ["11"]),
        ({"cards": frozenset({"11", "13"})}, "cards", ["11", "13"]),
        ({"pin": ""}, "pin", ""),
        ({"pin": "9999"}, "pin", "9999"),
        ({"expires": SOON}, "until", SOON),
    ],
)
def test_what_is_taken_from_a_person_goes_out_without_a_press(
    club: Gym, there: Counterpart, taken: dict[str, object], field: str, left: object
) -> None:
    change(club, "Alice", **taken)
    assert Run.objects.filter(closed_at=None).get().administrator == club.administrator
    there.work()
    assert held(club, there, "Alice")[field] == left
    assert not Holding.objects.exclude(state=HoldingState.SAME).exists()


@pytest.mark.parametrize("first", [False, True])
def test_every_open_run_counts_from_whom_something_was_taken(club: Gym, there: Counterpart, first: bool) -> None:
    """The one for nobody, which goes out by itself, and one for a group that this person is not in."""
    Agent.objects.update(waited_at=timezone.now() if first else None)
    change(club, "Alice", cards=frozenset({"11"}))
    staff = replace(everywhere(club), groups=frozenset({club.staff.pk}))
    start_run(company=club.company, choice=staff, confirmed=None, actor=club.actor)
    Agent.objects.update(waited_at=timezone.now())
    if not first:
        start_removal_run(club.company, club.actor)
    there.work()
    assert Run.objects.count() == 3
    for run in Run.objects.order_by("-pk")[:2]:
        run_terminals = run.run_terminals.filter(terminal=club.terminals[0])
        assert run_terminals.values_list("planned_changed", "done_changed").get() == (1, 1)


@pytest.mark.requirement("I-06", mutation="in_scope(NOBODY) letting every change through")
@pytest.mark.parametrize("given", [{"cards": frozenset({"11", "12", "13"})}, {"expires": ""}, {"last_name": "Alicia"}])
def test_what_gives_more_waits_for_sync(club: Gym, there: Counterpart, given: dict[str, object]) -> None:
    for device in there.devices.values():
        device.capabilities["cards_per_user"] = 3
    with scopes_disabled():
        club.company.automatic_starts = False
        club.company.save()
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()
    change(club, "Alice", **given)
    assert not Run.objects.filter(closed_at=None).exists()


@pytest.mark.requirement("I-06", mutation="ORDER with what widens before what narrows")
def test_what_takes_away_comes_before_what_gives(club: Gym, there: Counterpart) -> None:
    Agent.objects.update(waited_at=None)
    club.add("Newcomer", club.members)
    change(club, "Bob", cards=frozenset({"21", "22"}))
    change(club, "Charlie", cards=frozenset())
    club.remove(User.objects.get(last_name="Alice"))
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.hello()
    there.work()
    first = Batch.objects.filter(terminal=club.terminals[0]).order_by("pk").last()
    assert first
    labels = dict(Holding.objects.values_list("key", "label"))
    assert [labels.get(key, "Alice") for _, kind, key, *_ in first.orders if kind == Kind.USER] == [
        "Alice",
        "Charlie",
        "Bob",
        "Newcomer",
    ]


def no_zone(club: Gym) -> None:
    club.zones[0].terminals.remove(club.terminals[0])


def no_right(club: Gym) -> None:
    club.members.rights.filter(zone=club.zones[0]).delete()


def fewer_hours(club: Gym) -> None:
    club.always.slots = [["1", "08:00", "18:00"]]
    club.always.save()


def later_start(club: Gym) -> None:
    User.objects.filter(last_name="Alice").update(starts=LATER)


@pytest.mark.requirement("I-06", mutation="schedules not judged in _refresh_schedules()")
@pytest.mark.parametrize(
    ("narrow", "gone"),
    [
        (later_start, lambda memory: "Alice" not in memory),
        (fewer_hours, lambda memory: memory.schedules == [[["1", "08:00", "18:00"]]]),
    ],
)
def test_narrower_rules_go_out_without_a_press(
    club: Gym, there: Counterpart, narrow: Callable[[Gym], None], gone: Callable[[Memory], bool]
) -> None:
    with company_transaction(club.company, club.actor) as made:
        narrow(club)
        made.affects(User.objects.values_list("pk", flat=True))
        made.affects_schedules()
    there.work()
    assert gone(Memory(there, club))


@pytest.mark.parametrize("narrow", [no_zone, no_right])
def test_withdrawn_right_that_would_empty_a_terminal_waits_for_the_number(
    club: Gym, there: Counterpart, narrow: Callable[[Gym], None]
) -> None:
    with company_transaction(club.company, club.actor) as made:
        narrow(club)
        made.affects(User.objects.values_list("pk", flat=True))
        made.affects_schedules()
    there.work()
    assert "Alice" in Memory(there, club)
    start_run(company=club.company, choice=everywhere(club), confirmed=3 if narrow is no_zone else 6, actor=club.actor)
    there.work()
    assert "Alice" not in Memory(there, club)


class Memory:
    """What the gate holds."""

    def __init__(self, there: Counterpart, club: Gym) -> None:
        memory = there.device(club.terminals[0]).memory
        self.names = {str(fields["name"]) for (kind, _), fields in memory.items() if kind == Kind.USER}
        self.schedules = [fields["slots"] for (kind, _), fields in memory.items() if kind == Kind.SCHEDULE]

    def __contains__(self, name: str) -> bool:
        return name in self.names


def test_longer_hours_wait_for_sync_while_somebody_is_removed(club: Gym, there: Counterpart) -> None:
    fewer_hours(club)
    with company_transaction(club.company, club.actor) as made:
        made.affects(User.objects.values_list("pk", flat=True))
        made.affects_schedules()
    there.work()
    with company_transaction(club.company, club.actor) as made:
        club.always.slots = [["1", "07:00", "19:00"]]
        club.always.save()
        made.affects(User.objects.values_list("pk", flat=True))
        made.affects_schedules()
    write_users(company=club.company, gone=[User.objects.get(last_name="Bob")], actor=club.actor)
    there.work()
    assert "Bob" not in Memory(there, club)
    assert Memory(there, club).schedules == [[["1", "08:00", "18:00"]]]


@pytest.mark.requirement("I-06", mutation="on_agent_reconnected() looking for removals only")
def test_narrower_record_waits_first_in_run_terminal_for_an_agent_that_is_away(club: Gym, there: Counterpart) -> None:
    Agent.objects.update(waited_at=timezone.now() - timedelta(hours=1), seen_at=timezone.now() - timedelta(hours=1))
    change(club, "Alice", cards=frozenset({"11"}))
    assert not Run.objects.filter(closed_at=None).exists()
    there.hello()
    assert has_work(club.agent.public_id, there.nonce)
    there.work()
    assert held(club, there, "Alice")["cards"] == ["11"]


def test_lost_card_of_somebody_who_was_renamed_meanwhile_goes_too(club: Gym, there: Counterpart) -> None:
    """The record as a whole is sent: what was wider in it is taken with what narrows."""
    User.objects.filter(last_name="Bob").update(last_name="Bobby")
    club.tell()
    assert not Run.objects.filter(closed_at=None).exists()
    fields = fields_of(club, "Bob", last_name="Bobby", cards=frozenset())
    write_users(company=club.company, writes=[Write(fields, User.objects.get(last_name="Bobby"))], actor=club.actor)
    there.work()
    assert held(club, there, "Bobby")["cards"] == []


@pytest.mark.requirement("I-06", mutation="may_hold() keeping only the allowance of before where the answer was lost")
def test_card_of_a_write_whose_answer_was_lost_is_taken_away_too(club: Gym, there: Counterpart) -> None:
    change(club, "Bob", cards=frozenset({"21", "22"}))
    there.fault = lambda _: "lost"
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()
    there.fault = lambda _: ""
    change(club, "Bob", cards=frozenset({"21"}))
    row = Holding.objects.get(terminal_id=club.terminals[0].pk, label="Bob")
    assert row.narrows == Narrowing.SOME  # so it goes out by itself, and not only with the run that is still open
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        there.work()
    assert held(club, there, "Bob")["cards"] == ["21"]


@pytest.mark.requirement("I-06", mutation="forget_what_was_touched() keeping the allowance of before, without that of the order")
def test_card_of_a_batch_that_was_taken_back_is_taken_away_too(club: Gym, there: Counterpart) -> None:
    """Nobody knows whether the terminal took it, so it may hold the card."""
    change(club, "Bob", cards=frozenset({"21", "22"}))
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.fault = lambda _: "mute"
    there.work(rounds=1)
    batch = Batch.objects.get(terminal=club.terminals[0], status=Batch.OPEN)
    with transaction.atomic():
        void_batch(batch)
    change(club, "Bob", cards=frozenset({"21"}))
    row = Holding.objects.get(terminal_id=club.terminals[0].pk, label="Bob")
    assert (row.state, row.narrows) == (HoldingState.CHANGED, Narrowing.SOME)


@pytest.mark.requirement("I-06", mutation="either_of() calling a new person's allowance unknown")
def test_more_for_a_new_person_whose_answer_was_lost_waits_for_a_press(club: Gym, there: Counterpart) -> None:
    said: Any = {"last_name": "Dora", "groups": frozenset({club.members.pk}), "credentials": {"card": frozenset({"41"})}}
    write_users(company=club.company, writes=[Write(said)], actor=club.actor)
    there.fault = lambda _: "lost"
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()
    more: Any = {"credentials": {"card": frozenset({"41", "42"})}}
    write_users(company=club.company, writes=[Write(more, User.objects.get(last_name="Dora"))], actor=club.actor)
    row = Holding.objects.get(terminal_id=club.terminals[0].pk, label="Dora")
    assert (bytes(row.held or b""), row.narrows) == (UNKNOWN, Narrowing.NONE)


@pytest.mark.requirement("I-06", mutation="may_hold() trusting an interrupted order as if it had been taken whole")
def test_pin_that_cannot_be_read_may_be_there_after_an_interruption(club: Gym, there: Counterpart) -> None:
    limit(club, there, club.terminals[0], readable=["name", "cards", "schedules", "until"])
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()
    there.fault = lambda _: "crash"
    change(club, "Bob", pin="")
    for fault in ("crash", ""):
        there.fault = lambda _, fault=fault: fault  # type: ignore[misc]  # mypy cannot infer a default of a lambda
        there.hello()
        there.work(rounds=1)
    row = Holding.objects.get(terminal_id=club.terminals[0].pk, label="Bob")
    assert (row.state, row.narrows) == (HoldingState.CHANGED, Narrowing.SOME)


@pytest.mark.requirement("I-06", mutation="forget_what_is_held() keeping the allowance of what was held before")
def test_change_counts_as_taking_something_away_where_nobody_knows_what_is_held(club: Gym, there: Counterpart) -> None:
    forget_what_is_held(Terminal.objects.get(pk=club.terminals[0].pk), UnreadCode.ADDRESS_CHANGED())
    change(club, "Bob", cards=frozenset({"21", "22"}))
    narrows = {row.terminal_id: row.narrows for row in Holding.objects.filter(label="Bob")}
    assert narrows == {club.terminals[0].pk: Narrowing.SOME, club.terminals[2].pk: Narrowing.NONE}


@pytest.mark.requirement("I-06", mutation="may_hold() answering `sent` whatever was read back")
@pytest.mark.parametrize("readable", [USER_FIELDS, ("name", "cards", "schedules"), ("name",), ()], ids=len)
@pytest.mark.parametrize("lied", [False, True], ids=["as sent", "otherwise"])
def test_what_was_read_back_as_it_was_sent_allows_what_was_sent(readable: tuple[str, ...], lied: bool) -> None:
    """It is not worked out then, and is the same as if it had been."""
    fields: dict[str, Value] = {"name": "Alice", "cards": ["11"], "pin": "1234", "schedules": ["1"], "until": LATER}
    key, sent, shown = b"key", Record(kind=Kind.USER, key="7", fields=fields), "cards" in readable
    seen = {name: value for name, value in fields.items() if name in readable}
    found = Entry(kind=Kind.USER, key="7", fields=seen | ({"cards": ["11", "12"]} if lied and shown else {}))
    mark = digest(key, sent, readable)
    as_sent = as_read(key, found.record(), readable, mark) == mark
    row, outcome = Holding(kind=Kind.USER, key="7"), Outcome(result="done", found=found)
    may = [
        may_hold(row, outcome, allowed(key, sent), key, readable, interrupted=False, as_sent=each) for each in (False, as_sent)
    ]
    assert may[0] == may[1]
    assert (may[0] == allowed(key, sent)) is as_sent is not (lied and shown)

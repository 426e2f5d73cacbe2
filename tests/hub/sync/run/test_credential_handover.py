"""At terminals that take a card or PIN once, handing on ends right after one press: freed first, given then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.models import Holding, HoldingState, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

PEOPLE = {"Alice": ("1", "1111"), "Bob": ("2", "2222"), "Charlie": ("3", "3333")}


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        write_users(
            company=made.company, writes=[Write(fields(made, name, *has)) for name, has in PEOPLE.items()], actor=made.actor
        )
        yield made


def fields(club: Gym, name: str, card: str, pin: str) -> Any:
    credentials = {"card": frozenset({card} if card else ()), "pin": frozenset({pin} if pin else ())}
    return {"last_name": name, "groups": frozenset({club.members.pk}), "credentials": credentials}


@pytest.fixture(params=["carried", "dials out"])
def there(request: pytest.FixtureRequest, club: Gym) -> Counterpart:
    """Everybody is in the gate and the pool, which take a card and a PIN once."""
    counterpart = Counterpart(club.agent)
    counterpart.once = True
    sync(club, counterpart)
    if request.param == "dials out":
        Agent.objects.update(waited_at=timezone.now())
    return counterpart


def sync(club: Gym, there: Counterpart) -> None:
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()


def everywhere(club: Gym) -> Selection:
    return Selection(terminals=frozenset(terminal.pk for terminal in club.terminals))


def hand(club: Gym, **now: tuple[str, str]) -> None:
    """All in one import."""
    users = {user.last_name: user for user in User.objects.all()}
    writes = [Write(fields(club, name, *has), users.get(name)) for name, has in now.items()]
    gone = [user for name, user in users.items() if name not in now]
    write_users(company=club.company, writes=writes, gone=gone, actor=club.actor)


def holds(club: Gym, there: Counterpart, terminal: int = 0) -> dict[str, tuple[str, str]]:
    people = there.device(club.terminals[terminal]).people().values()
    return {str(each["name"]): ("".join(each["cards"]), str(each["pin"])) for each in people}  # type: ignore[arg-type]


HANDED = {
    "card handed on": {"Alice": ("2", "1111"), "Bob": ("", "2222"), "Charlie": ("3", "3333")},
    "handed on the other way": {"Alice": ("", "1111"), "Bob": ("1", "2222"), "Charlie": ("3", "3333")},
    "two swapped": {"Alice": ("2", "1111"), "Bob": ("1", "2222"), "Charlie": ("3", "3333")},
    "three rotated": {"Alice": ("2", "1111"), "Bob": ("3", "2222"), "Charlie": ("1", "3333")},
    "PINs swapped": {"Alice": ("1", "2222"), "Bob": ("2", "1111"), "Charlie": ("3", "3333")},
    "PINs and cards rotated": {"Alice": ("2", "3333"), "Bob": ("3", "1111"), "Charlie": ("1", "2222")},
    "to somebody new": {"Alice": ("1", "1111"), "Bob": ("", "2222"), "Charlie": ("3", "3333"), "Dora": ("2", "")},
    "from somebody who is gone": {"Bob": ("1", "2222"), "Charlie": ("3", "3333")},
    "to somebody who had none": {"Alice": ("", ""), "Bob": ("2", "1111"), "Charlie": ("3", "3333")},
}


@pytest.mark.requirement(
    "I-08", mutation="hand_over_credentials() letting everybody be ready; or leaving a record whole where it narrows too"
)
@pytest.mark.parametrize("now", HANDED.values(), ids=HANDED)
def test_handing_on_ends_right_after_one_press(club: Gym, there: Counterpart, now: dict[str, tuple[str, str]]) -> None:
    hand(club, **now)
    there.work()
    sync(club, there)
    assert holds(club, there) == now == holds(club, there, 2)
    assert not Holding.objects.exclude(state=HoldingState.SAME).exists()
    assert not Problem.objects.exists()
    assert {run_terminal.state for run_terminal in RunTerminal.objects.all()} == {RunTerminalState.DONE}
    run_terminal = RunTerminal.objects.filter(terminal=club.terminals[0]).latest("pk")
    assert run_terminal.done_changed <= run_terminal.planned_changed


def test_nobody_has_a_card_of_two_at_any_moment(club: Gym, there: Counterpart) -> None:
    """The terminal would allow it; then too the one is freed before the other is given."""
    there.once = False
    seen: list[dict[str, tuple[str, str]]] = []
    there.written = lambda: seen.append(holds(club, there))
    hand(club, **HANDED["three rotated"])
    there.work()
    sync(club, there)
    for moment in seen:
        cards = [card for card, _ in moment.values() if card]
        assert len(cards) == len(set(cards)), moment
    assert holds(club, there) == HANDED["three rotated"]


@pytest.mark.requirement("I-08", mutation="the one who waits for a card not left out, or not said")
def test_where_freeing_fails_the_giving_waits_and_says_so(club: Gym, there: Counterpart) -> None:
    bob = User.objects.get(last_name="Bob")
    there.fault = lambda name: "lying" if name == club.terminals[0].public_id else ""
    hand(club, Alice=("2", "1111"), Bob=("", "2222"), Charlie=("3", "3333"))
    there.work()
    sync(club, there)
    run_terminal = RunTerminal.objects.filter(terminal=club.terminals[0]).latest("pk")
    assert run_terminal.state == RunTerminalState.PARTLY
    assert holds(club, there)["Bob"] == ("2", "2222")
    assert Problem.objects.filter(run_terminal=run_terminal, key=str(bob.number)).exists()

    there.fault = lambda _: ""
    for _ in range(3):
        with scopes_disabled():
            Agent.objects.update(waited_at=timezone.now())
            RunTerminal.objects.filter(retry_at__isnull=False).update(retry_at=timezone.now())
        retry_due(timezone.now())
        there.work()
    assert holds(club, there)["Alice"][0] == "2"
    assert holds(club, there)["Bob"] == ("", "2222")


def test_terminal_that_hides_pins_swaps_them_too(club: Gym, there: Counterpart) -> None:
    for device in there.devices.values():
        device.readable = ("name", "cards", "schedules", "until")
        device.capabilities["readable"] = list(device.readable)
    with scopes_disabled():
        Terminal.objects.update(limits=device.capabilities)
    club.tell()
    sync(club, there)
    hand(club, **HANDED["PINs swapped"])
    there.work()
    sync(club, there)
    assert holds(club, there) == HANDED["PINs swapped"]

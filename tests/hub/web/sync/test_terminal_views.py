"""The page of a terminal: what it says of its device and of strangers, and what a press on it does."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from doorsync.hub.terminals.models import Terminal
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym(["Alice", "Bob", "Charlie"])


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    return visitor


def text(page: HttpResponse) -> str:
    return page.content.decode()


def address(terminal: Terminal, more: str = "") -> str:
    return f"/sync/terminals/{terminal.public_id}/{more}"


def decide(visitor: Visitor, terminal: Terminal, what: str, **fields: object) -> HttpResponse:
    """Press a button on the terminal's page."""
    page = visitor.get(address(terminal))
    return visitor.post(address(terminal, what), {**visitor.fields(page), **fields})


def another_device(club: Gym) -> Terminal:
    gate = club.terminals[0]
    with scope(company=club.company):
        Terminal.objects.filter(pk=gate.pk).update(serial="MINE-1", other_serial="THEIRS-2", other_at=timezone.now())
    return gate


def stranger(club: Gym, name: str, key: str, *, own: bool = False) -> Stranger:
    with scope(company=club.company):
        return Stranger.objects.create(
            company=club.company,
            terminal=club.terminals[0],
            kind=Kind.USER,
            key=key,
            name=name,
            held=b"x" * 16,
            own=own,
            found_at=timezone.now(),
        )


def test_page_shows_both_serial_numbers_and_whose_the_other_is(club: Gym, visitor: Visitor) -> None:
    gate = another_device(club)
    page = text(visitor.get(address(gate)))
    assert "MINE-1" in page
    assert "THEIRS-2" in page
    assert "It was replaced" in page
    with scope(company=club.company):
        Terminal.objects.filter(pk=club.terminals[1].pk).update(serial="THEIRS-2")
    assert "This is the device of “Office”" in text(visitor.get(address(gate)))
    assert address(gate) in text(visitor.get("/sync/"))
    assert "another device answers there" in text(visitor.get("/sync/"))


def test_replaced_is_pinned_and_written_down(club: Gym, visitor: Visitor) -> None:
    gate = another_device(club)
    page = decide(visitor, gate, "device/", decision="replaced")
    assert page.status_code == 302
    with scope(company=club.company):
        changed = Terminal.objects.get(pk=gate.pk)
        assert (changed.serial, changed.other_at) == ("THEIRS-2", None)
        assert changed.unread
        assert Entry.objects.filter(event="terminal.replaced").exists()
    again = decide(visitor, gate, "device/", decision="replaced")
    assert again.status_code == 409
    assert "nothing to decide" in text(again)


def test_wrong_address_is_written_down_and_keeps_the_pin(club: Gym, visitor: Visitor) -> None:
    gate = another_device(club)
    decide(visitor, gate, "device/", decision="address-wrong")
    with scope(company=club.company):
        assert Terminal.objects.get(pk=gate.pk).serial == "MINE-1"
        assert Entry.objects.filter(event="terminal.address-wrong").exists()
    assert "until then nothing is sent" in text(visitor.get(address(gate)))


def test_device_of_another_terminal_is_refused_by_name(club: Gym, visitor: Visitor) -> None:
    gate = another_device(club)
    with scope(company=club.company):
        Terminal.objects.filter(pk=club.terminals[1].pk).update(serial="THEIRS-2")
    page = decide(visitor, gate, "device/", decision="replaced")
    assert page.status_code == 409
    assert "device of Office" in text(page)


def test_strangers_are_shown_and_decided_on_one_by_one_or_all(club: Gym, visitor: Visitor) -> None:
    gate = club.terminals[0]
    fire, cleaner = stranger(club, "Fire brigade", "7000"), stranger(club, "Cleaner", "7001")
    stranger(club, "Caretaker", "9001", own=True)
    page = text(visitor.get(address(gate)))
    for name in ("Fire brigade", "Cleaner", "Caretaker", "never removed"):
        assert name in page
    assert "2 were enrolled there" in text(visitor.get("/sync/"))

    assert decide(visitor, gate, "strangers/", decision="keep", stranger=fire.pk).status_code == 302
    assert "1 was enrolled there" in text(visitor.get("/sync/"))
    decide(visitor, gate, "strangers/", decision="release", stranger=cleaner.pk)
    with scope(company=club.company):
        assert Holding.objects.get(key="7001").state == HoldingState.REMOVE
        assert Entry.objects.filter(event="strangers.released").exists()
    decide(visitor, gate, "strangers/", decision="release", all="1")
    with scope(company=club.company):
        assert [each.name for each in Stranger.objects.all()] == ["Caretaker"]


def test_deciding_on_nobody_says_so(club: Gym, visitor: Visitor) -> None:
    gate = club.terminals[0]
    stranger(club, "Fire brigade", "7000")
    for sent in ({"decision": "keep"}, {"decision": "shoot", "all": "1"}, {"decision": "release", "stranger": "x"}):
        page = decide(visitor, gate, "strangers/", **sent)
        assert page.status_code == 409
        assert "Tick whom" in text(page)
    assert decide(visitor, gate, "strangers/", decision="keep", stranger="404").status_code == 409


def test_other_companys_terminal_is_not_found(club: Gym, visitor: Visitor) -> None:
    other = gym(["Dora"], other=True)
    assert visitor.get(address(other.terminals[0])).status_code == 404
    mine = visitor.fields(visitor.get(address(club.terminals[0])))
    for more in ("device/", "strangers/"):
        assert visitor.post(address(other.terminals[0], more), mine).status_code == 404


def test_decisions_need_proof_of_where_they_come_from(club: Gym, visitor: Visitor) -> None:
    gate = another_device(club)
    assert visitor.post(address(gate, "device/"), {"decision": "replaced"}).status_code in (403, 409)
    with scope(company=club.company):
        assert Terminal.objects.get(pk=gate.pk).serial == "MINE-1"


def test_erase_says_before_the_typed_number_how_many_strangers_it_costs(club: Gym, visitor: Visitor) -> None:
    Counterpart(club.agent)  # enrolled
    stranger(club, "Fire brigade", "7000")
    page = text(visitor.get(f"/sync/?terminal={club.terminals[0].pk}&mode=erase"))
    assert "1 of them was enrolled at the terminal itself and is not written back." in page


def test_terminal_page_says_how_far_its_clock_is_off(club: Gym, visitor: Visitor) -> None:
    gate = club.terminals[0]
    assert "Its clock" not in text(visitor.get(address(gate)))
    with scope(company=club.company):
        Terminal.objects.filter(pk=gate.pk).update(device={"clock_off": -7200})

    assert "It was 2 hours behind" in text(visitor.get(address(gate)))

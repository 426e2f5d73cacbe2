from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorsync.domain.capabilities import Capabilities, KeyForm, Letters
from doorsync.domain.cards import Readers
from doorsync.domain.notices import NoticeCode
from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind, Record
from doorsync.domain.refusals import RefusalCode
from doorsync.domain.rendering import Person, notices_for, render_record

ALICE = Person(key="1", name="Alice Jansen", cards=("200", "1000"), pin="1234", until="2026-12-31T18:00")
CAN = Capabilities(cards_per_user=2)


def test_render_gives_the_fields_of_a_user_in_a_fixed_order() -> None:
    assert render_record(ALICE, ["9", "10"], CAN) == Record(
        kind=Kind.USER,
        key="1",
        fields={
            "name": "Alice Jansen",
            "cards": ["1000", "200"],
            "pin": "1234",
            "schedules": ["10", "9"],
            "until": "2026-12-31T18:00",
        },
    )


def test_render_leaves_the_expiry_out_where_a_terminal_holds_none() -> None:
    rendered = render_record(ALICE, [], replace(CAN, until=False))
    assert isinstance(rendered, Record)
    assert rendered.fields["until"] == ""


@pytest.mark.parametrize(
    ("person", "schedules", "can", "reason"),
    [
        (replace(ALICE, pin="123"), [], CAN, RefusalCode.PIN_LENGTH(digits=3, least=4, most=8)),
        (replace(ALICE, pin="123456789"), [], CAN, RefusalCode.PIN_LENGTH(digits=9, least=4, most=8)),
        (ALICE, [], Capabilities(), RefusalCode.TOO_MANY_CARDS(cards=2, limit=1)),
        (
            replace(ALICE, cards=(str(2**26),)),
            [],
            replace(CAN, card_bits=26),
            RefusalCode.CARD_TOO_LONG(bits=26),
        ),
        (ALICE, ["1", "2", "3"], replace(CAN, schedules_per_user=2), RefusalCode.TOO_MANY_SCHEDULES(schedules=3, limit=2)),
    ],
)
def test_render_refuses_what_the_terminal_cannot_hold_and_says_why(
    person: Person, schedules: list[str], can: Capabilities, reason: Reason
) -> None:
    assert render_record(person, schedules, can) == reason


def test_render_spells_cards_as_the_readers_show_them_and_refuses_what_they_cannot() -> None:
    rendered = render_record(replace(ALICE, cards=(str(0xB0A5FD),)), [], CAN, Readers.FACILITY)
    assert isinstance(rendered, Record)
    assert rendered.fields["cards"] == ["17642493"]
    refused = render_record(replace(ALICE, cards=("7", str(0x02B0A5FD))), [], CAN, Readers.FACILITY)
    assert refused == RefusalCode.CARD_NOT_SHOWN()


@pytest.mark.parametrize("pin", ["", "1234", "12345678"])
def test_render_takes_pins_within_the_limits_and_none(pin: str) -> None:
    assert isinstance(render_record(replace(ALICE, pin=pin), [], CAN), Record)


def test_render_takes_the_widest_card_number() -> None:
    assert isinstance(render_record(replace(ALICE, cards=(str(2**26 - 1),)), [], replace(CAN, card_bits=26)), Record)


def test_refusals_never_quote_a_pin_or_a_card() -> None:
    for refusal in (
        render_record(replace(ALICE, pin="987654321"), [], CAN),
        render_record(replace(ALICE, cards=("987654321",)), [], replace(CAN, card_bits=8)),
    ):
        assert isinstance(refusal, Reason)
        assert "987654321" not in str(refusal)


@pytest.mark.parametrize(
    ("until", "held"),
    [
        ("2026-12-31T18:00", "2027-01-01T00:00"),
        ("2027-01-01T00:00", "2027-01-01T00:00"),
        ("", ""),
        ("9999-12-31T18:00", "9999-12-31T18:00"),
    ],
)
def test_a_terminal_that_knows_days_holds_the_end_of_the_last_one(until: str, held: str) -> None:
    rendered = render_record(replace(ALICE, until=until), [], replace(CAN, until_day=True))
    assert isinstance(rendered, Record)
    assert rendered.fields["until"] == held


@pytest.mark.parametrize(
    ("person", "can", "reason"),
    [
        (replace(ALICE, key="1234567890"), replace(CAN, key_length=9), RefusalCode.KEY_TOO_LONG(digits=10, limit=9)),
        (replace(ALICE, cards=()), replace(CAN, key_form=KeyForm.CARD), RefusalCode.NO_CARD()),
        (ALICE, replace(CAN, key_form=KeyForm.CARD), RefusalCode.TOO_MANY_CARDS(cards=2, limit=1)),
    ],
)
def test_whoever_has_no_key_there_is_refused(person: Person, can: Capabilities, reason: Reason) -> None:
    assert render_record(person, [], can) == reason


@pytest.mark.parametrize(
    ("can", "notices"),
    [
        ({}, []),
        ({"name_letters": Letters.NONE}, [NoticeCode.NAME_NOT_HELD()]),
        ({"name_bytes": 5}, [NoticeCode.NAME_CUT(name="Łuka")]),
        ({"name_letters": Letters.ASCII}, [NoticeCode.NAME_SPELT(name="Lukasz Jansen")]),
        ({"until": False}, [NoticeCode.EXPIRY_BY_HUB()]),
        ({"until_day": True}, [NoticeCode.EXPIRY_TO_THE_DAY()]),
    ],
)
def test_what_a_terminal_holds_otherwise_is_said(can: dict[str, Any], notices: list[Reason]) -> None:
    person = replace(ALICE, name="Łukasz Jansen")
    assert notices_for(person, replace(CAN, **can)) == notices

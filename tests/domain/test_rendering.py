from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind, Record
from doorsync.domain.refusals import RefusalCode
from doorsync.domain.rendering import Person, render_record, shortened

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


@given(name=st.text(), size=st.integers(0, 60))
def test_shortened_fits_begins_alike_and_stays_when_shortened_again(name: str, size: int) -> None:
    short = shortened(name, size)
    assert len(short.encode()) <= size
    assert name.startswith(short)
    assert shortened(short, size) == short


@pytest.mark.parametrize(("size", "short"), [(5, "Zoë"), (4, "Zoë"), (3, "Zo"), (2, "Zo")])
def test_shortened_never_cuts_inside_a_character(size: int, short: str) -> None:
    assert shortened("Zoë ", size) == short

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.capabilities import USER_FIELDS, Capabilities, ChangeDetection, KeyForm, Letters, Readback

numbers = st.integers(0, 10**9)
some = st.builds(
    Capabilities,
    capacity=numbers,
    name_bytes=numbers,
    card_bits=numbers,
    until=st.booleans(),
    readable=st.sets(st.sampled_from(USER_FIELDS)).map(lambda names: tuple(n for n in USER_FIELDS if n in names)),
)
nonsense: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers()) | st.just({})
)


@given(can=some)
def test_capabilities_survive_json(can: Capabilities) -> None:
    assert Capabilities.from_dict(json.loads(json.dumps(can.as_dict()))) == can


@given(data=st.dictionaries(st.sampled_from(Capabilities.__slots__) | st.text(), nonsense))
def test_from_dict_makes_sense_of_whatever_a_terminal_says(data: dict[str, Any]) -> None:
    can = Capabilities.from_dict(data)
    assert all(type(getattr(can, name)) is type(getattr(Capabilities(), name)) for name in Capabilities.__slots__)
    assert all(value >= 0 for value in can.as_dict().values() if isinstance(value, int))
    assert set(can.readable) <= set(USER_FIELDS)


@pytest.mark.parametrize("wrong", ["5", -1, 5.5, True, None, [5]])
def test_from_dict_keeps_the_default_where_a_number_makes_no_sense(wrong: object) -> None:
    assert Capabilities.from_dict({"capacity": wrong}) == Capabilities()


def test_from_dict_keeps_what_is_sound_beside_what_is_not() -> None:
    can = Capabilities.from_dict({"capacity": 5, "name_bytes": "many", "readable": ["pin", "iris", "name"], "colour": "red"})
    assert can == Capabilities(capacity=5, readable=("name", "pin"))


def test_from_dict_takes_only_numbers_of_doors_and_not_too_many() -> None:
    doors = [str(number) for number in range(200)]
    assert Capabilities.from_dict({"mode_doors": ["3", "0"]}).mode_doors == ("3",)
    assert Capabilities.from_dict({"remote_doors": ["2", "front", "0", "1.5", "1000"]}).remote_doors == ("2",)
    assert Capabilities.from_dict({"remote_doors": doors}).remote_doors == tuple(doors[1:65])


OTHER: dict[str, Any] = {"key_form": KeyForm.CARD, "schedule_key_form": KeyForm.PLACE, "name_letters": Letters.ASCII}
OTHER |= {"read_back": Readback.NONE, "change_detection": ChangeDetection.COUNT}


@pytest.mark.parametrize("name", Capabilities.__slots__)
def test_records_depend_on_every_capability_but_room_and_doors(name: str) -> None:
    """A capability that comes later counts as one on which they depend, until somebody says that they do not."""
    can = Capabilities()
    present: Any = getattr(can, name)
    other: Any = OTHER.get(name, ("name",))
    if isinstance(present, int):
        other = not present if isinstance(present, bool) else present + 1
    unrendered = name in ("capacity", "schedules", "change_detection", "doors", "remote_doors", "mode_doors")
    assert can.renders_like(replace(can, **{name: other})) is unrendered

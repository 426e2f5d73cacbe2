"""The memory of a virtual terminal: what was flushed survives the power, and its own administrators survive an erase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorsync.drivers.virtual.memory import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


def user(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "name": f"User {key}", "cards": [], "pin": "", "schedules": ["1"], "until": "", **fields}


def test_what_was_not_flushed_is_lost_with_the_power(memory: Memory, tmp_path: Path) -> None:
    memory.put("user", user("1"))
    memory.flush()
    memory.put("user", user("2"))
    assert memory.count("user") == 2
    memory._base.close()
    assert Memory(tmp_path).get("user", ["1", "2"]) == [user("1")]


def test_entries_come_in_the_order_of_their_keys_page_by_page(memory: Memory) -> None:
    for key in ("b", "a", "c"):
        memory.put("user", user(key))
    assert [each["key"] for each in memory.after("user", "", 2)] == ["a", "b"]
    assert [each["key"] for each in memory.after("user", "b", 2)] == ["c"]


def test_who_has_a_card_or_pin_is_found_but_not_by_themselves(memory: Memory) -> None:
    memory.put("user", user("1", cards=["47", "11"], pin="1234"))
    assert memory.holder("cards", "11", but="2") == "1"
    assert memory.holder("pin", "1234", but="2") == "1"
    assert memory.holder("cards", "11", but="1") is None
    assert memory.holder("cards", "1", but="2") is None, "a part of a number is no card"


def test_an_erase_leaves_its_own_administrators_and_no_schedule(memory: Memory) -> None:
    for key in ("1", "2"):
        memory.put("user", user(key))
    memory.put("schedule", {"key": "1", "name": "Always", "slots": []})
    memory.make_own("2")
    memory.erase()
    assert ([each["key"] for each in memory.after("user", "", 9)], memory.count("schedule"), memory.own()) == (["2"], 0, {"2"})


def test_who_is_removed_is_no_administrator_when_the_key_is_used_again(memory: Memory) -> None:
    memory.put("user", user("1"))
    memory.make_own("1")
    memory.remove("user", "1")
    memory.put("user", user("1"))
    assert memory.own() == set()


def test_a_door_follows_its_schedules_until_it_is_told_otherwise(memory: Memory) -> None:
    assert memory.door_mode(1) == "schedule"
    memory.set_door_mode(1, "held-open")
    assert (memory.door_mode(1), memory.door_mode(2)) == ("held-open", "schedule")
    memory.empty()
    assert memory.door_mode(1) == "schedule"

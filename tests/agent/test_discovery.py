"""What drivers find in the network, and what of it reaches the hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from doorsync.agent.discovery import FILE, find_terminals, keep_nearby, read_nearby
from doorsync.agent.drivers import Drivers, makes_of
from doorsync.drivers.contract import Nearby
from doorsync.drivers.make import Evidence, Make, Option
from doorsync.messages.make_info import NearbyTerminal


class Finding:
    """A driver that finds one terminal, and then breaks when it is told to."""

    make: ClassVar[Make] = Make(
        name="finding",
        title="Finding",
        address="10.0.0.1",
        options=(Option(name="doors", title="Doors", default="1", choices=("1", "2")),),
        evidence=Evidence(against=("nobody",), not_shown=("everything",)),
    )

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken

    def find(self, within: float) -> Iterator[Nearby]:
        assert within
        yield Nearby(address="10.0.0.1", serial="S1", title="Gate", needs_secret=True)
        if self.broken:
            raise OSError("no network")


def installed(**drivers: Any) -> Drivers:
    return Drivers(working=drivers)


def test_every_driver_that_can_search_is_asked_and_a_broken_one_harms_no_other() -> None:
    found = list(find_terminals(installed(broken=Finding(broken=True), fine=Finding(), mute=object()), 1))
    assert [each.make for each in found] == ["broken", "fine"]
    assert found[1] == NearbyTerminal(make="fine", address="10.0.0.1", serial="S1", title="Gate", needs_secret=True)


def test_what_was_found_is_kept_for_the_next_hello(tmp_path: Path) -> None:
    assert read_nearby(tmp_path) == []
    found = [NearbyTerminal(make="virtual", address=f"10.0.0.{n}") for n in range(60)]
    keep_nearby(tmp_path, found)
    assert read_nearby(tmp_path) == found[:50]
    (tmp_path / FILE).write_text("rubbish")
    assert read_nearby(tmp_path) == []


def test_the_hub_is_told_of_each_make_what_a_person_must_know() -> None:
    (told,) = makes_of(installed(finding=Finding()))
    shown = (told.name, told.level, told.not_shown, told.options[0].choices)
    assert shown == ("finding", "spec-only", ["everything"], ["1", "2"])


def test_a_make_that_no_message_can_carry_is_left_out() -> None:
    class Endless(Finding):
        make = Make(name="endless", title="x" * 1000, address="")

    assert makes_of(installed(endless=Endless(), finding=Finding()))[0].name == "finding"

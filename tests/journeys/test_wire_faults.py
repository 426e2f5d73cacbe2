"""Bad networks between agent, hub and terminals, on the real programs: the run ends right, and nothing false is ever said."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind
from doorsync.messages.terminal_codes import in_english
from tests.factories.fault_proxy import FaultProxy, fault_proxy
from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack, until
from tests.factories.wire_faults import NONE, Fault, Way, cut, duplicate, limit_data, reset, slow, stall

TERMINALS = {
    "Gate": "North",
    "Office": "North",
    "Garage": "North",
    "Pool": "South",
    "Sauna": "South",
    "Gym": "South",
    "Bar": "South",
}
TERMINAL_TIMEOUT = 3  # seconds
RECOVERY = 150.0  # seconds of patience; what R-05 promises is measured by clocks, in tests/agent/test_terminal_watch.py
Person = tuple[str, tuple[str, ...]]  # name, cards
versions = itertools.count(1)


@dataclass
class Town:
    """The real programs, a wire from the agent to the hub and one to each terminal, and what the company file says."""

    stack: Stack
    hub_wire: FaultProxy
    wires: dict[str, FaultProxy]
    people: dict[int, Person] = field(default_factory=dict)
    last_run: int = 0  # the newest run before the last change

    def load(self) -> None:
        self.stack.load(
            [
                {"id": str(number), "last_name": name, "cards": list(cards), "groups": ["Members"]}
                for number, (name, cards) in self.people.items()
            ]
        )

    def change(self) -> None:
        """One goes, one comes, one gets another name and card. The first and the last go out by themselves."""
        self.last_run = self.stack.query("SELECT max(id) FROM sync_run")[0][0]
        version = next(versions)
        del self.people[min(self.people)]
        self.people[max(self.people) + 1] = (f"New {version}", (str(5_000_000 + version),))
        self.people[sorted(self.people)[4]] = (f"Changed {version}", (str(6_000_000 + version),))
        self.load()

    def line(self, name: str) -> tuple[Any, ...]:
        """State and message of a terminal's line in the newest run."""
        return self.stack.query(
            f"""SELECT l.state, l.message FROM sync_runterminal l
                JOIN terminals_terminal t ON t.id = l.terminal_id WHERE t.name = '{name}' ORDER BY l.run_id DESC LIMIT 1"""
        )[0]

    def counted(self, name: str) -> tuple[Any, ...]:
        """How many new and changed people runs since the last change counted at a terminal, each of which may count the same."""
        return self.stack.query(
            f"""SELECT max(l.done_new), max(l.done_changed) FROM sync_runterminal l
                JOIN terminals_terminal t ON t.id = l.terminal_id WHERE t.name = '{name}' AND l.run_id > {self.last_run}"""
        )[0]

    def first_answer(self, name: str, *, other: bool = False) -> str:
        """When this terminal, or the first of all the others, answered a batch issued since the last change; empty: not yet."""
        found = self.stack.query(
            f"""SELECT min(b.answered_at) FROM sync_batch b JOIN terminals_terminal t ON t.id = b.terminal_id
                WHERE b.status = 'answered' AND t.name {"<>" if other else "="} '{name}'
                AND b.issued_at > (SELECT min(opened_at) FROM sync_run WHERE id > {self.last_run})"""
        )
        return found[0][0] or ""

    def heal(self) -> None:
        for wire in (self.hub_wire, *self.wires.values()):
            wire.heal()

    def memory(self, name: str) -> dict[tuple[int, str], Person]:
        """Everything in a terminal's memory, read from its file without the product's code."""
        file = self.stack.memory_folder(name) / "memory.sqlite3"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=PATIENCE)) as base:
            people = base.execute("SELECT key, name, cards FROM user").fetchall()
            schedules = base.execute("SELECT key, name FROM schedule").fetchall()
        held: dict[tuple[int, str], Person] = {(Kind.SCHEDULE, key): (name, ()) for key, name in schedules}
        return held | {(Kind.USER, key): (name, tuple(json.loads(cards))) for key, name, cards in people}

    def right(self, name: str) -> bool:
        """Whether a terminal holds the company file's people, the hub knows it, and nothing is on the way."""
        there = sorted(person for (kind, _), person in self.memory(name).items() if kind == Kind.USER)
        return (
            self.line(name)[0] == "done"
            and there == sorted(self.people.values())
            and not self.stack.query(
                f"""SELECT 1 FROM terminals_terminal t WHERE t.name = '{name}' AND (
                EXISTS (SELECT 1 FROM sync_holding h WHERE h.terminal_id = t.id AND h.state <> 0)
                OR EXISTS (SELECT 1 FROM sync_batch b WHERE b.terminal_id = t.id AND b.status = 'open')
                OR EXISTS (SELECT 1 FROM sync_runterminal l WHERE l.terminal_id = t.id AND l.state IN ('waiting', 'syncing')))"""
            )
        )

    def assert_nothing_false(self) -> None:
        """What the hub calls the same is in the terminal just so, and nobody is there whom it does not know of."""
        said = self.stack.query(
            "SELECT t.name, h.kind, h.key, h.state FROM sync_holding h JOIN terminals_terminal t ON t.id = h.terminal_id"
        )
        for name in self.stack.terminals:
            there = self.memory(name)
            known = {(kind, key): state for terminal, kind, key, state in said if terminal == name}
            for place in (place for place, state in known.items() if state == 0):
                assert place in there, f"{place} is said to be in {name}, and is not"
                assert place[0] != Kind.USER or there[place] in self.people.values(), (
                    f"{place} of {name} is said to be right, and is not"
                )
            assert there.keys() <= known.keys(), f"somebody is in {name} whom nobody will remove"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Stack(tmp_path_factory.mktemp("wires"), cloud=True, terminals=TERMINALS)
    with ExitStack() as closing_up:
        closing_up.callback(made.end_all)
        made.start_terminals()
        wires = {name: closing_up.enter_context(fault_proxy(made.terminal_port(name))) for name in TERMINALS}
        hub_wire = closing_up.enter_context(fault_proxy(made.port))
        made.addresses = {name: wire.address for name, wire in wires.items()}
        made.hub_address = f"http://{hub_wire.address}"
        built = Town(made, hub_wire, wires, {number: (f"Person {number}", (str(4_000_000 + number),)) for number in range(10)})
        built.load()
        made.start_hub()
        made.enrol()
        made.start_agent(DOORSYNC_AGENT_TERMINAL_TIMEOUT=str(TERMINAL_TIMEOUT))
        made.press()
        wait_until_right(built)
        yield built


@pytest.fixture(autouse=True)
def sound(town: Town) -> Iterator[None]:
    """No test begins with the faults of one that failed, nor with what they left undone."""
    wait_until_right(town)
    yield
    town.heal()


def wait_until_right(town: Town) -> None:
    until(lambda: all(town.right(name) for name in TERMINALS), "every terminal being right", RECOVERY)
    town.assert_nothing_false()


HUB_FAULTS = {
    "cut": cut(),
    "limit-request": limit_data(40, "there"),
    "limit-answer": limit_data(40, "back"),
    "reset": reset(1, "back"),
    "stall": stall(way="back"),
    "slow": slow(),
    "duplicate": duplicate(),
}


@pytest.mark.parametrize("name", HUB_FAULTS)
def test_fault_between_agent_and_hub_ends_right(town: Town, name: str) -> None:
    fault = HUB_FAULTS[name]
    town.change()
    town.hub_wire.do(fault)

    town.stack.press()
    until(lambda: town.hub_wire.strikes > 0, "the fault striking")
    town.assert_nothing_false()
    if fault.kind not in ("slow", "duplicate"):
        town.hub_wire.heal()

    wait_until_right(town)
    town.heal()


ABOUT = 22  # bytes of the first request of a conversation with a virtual terminal
TERMINAL_FAULTS = {
    "Gate": cut(),
    "Office": limit_data(ABOUT + 60, "there"),
    "Garage": reset(400, "back"),
    "Pool": stall(),
    "Sauna": slow(),
    "Gym": duplicate(),
}
LASTING = ("Gate", "Office", "Garage", "Pool")  # nobody gets through these; the others are only a nuisance


def test_faults_at_terminals_alter_no_other_result(town: Town) -> None:
    town.change()
    for name, fault in TERMINAL_FAULTS.items():
        town.wires[name].do(fault)

    town.stack.press()

    until(lambda: all(town.right(name) for name in TERMINALS if name not in LASTING), "the other terminals being right")
    for name in TERMINALS:
        if name not in LASTING:
            assert town.line(name) == ("done", ""), name
            assert town.counted(name) == (1, 1), name
    for name in LASTING:
        until(lambda name=name: town.line(name)[1], f"the line of {name} saying what is wrong")  # type: ignore[misc]
        assert town.line(name)[0] != "done", name
        assert "answer" in in_english(Reason(**json.loads(town.line(name)[1]))), name
    assert all(town.wires[name].strikes for name in TERMINAL_FAULTS)
    town.assert_nothing_false()

    town.heal()
    wait_until_right(town)


@pytest.mark.requirement("R-05", mutation="carrying to six terminals at once, all of which are silent")
def test_silent_terminals_hold_nobody_up(town: Town) -> None:
    *silent, heard = TERMINALS
    for name in silent:
        town.wires[name].do(stall())
    town.change()

    town.stack.press()

    until(lambda: town.right(heard), f"{heard} being right")
    until(lambda: all(town.wires[name].strikes for name in silent), "all others being tried")
    first_right = town.first_answer(heard)
    until(lambda: town.first_answer(heard, other=True), "a silent terminal being given up for now")
    assert "" < first_right < town.first_answer(heard, other=True)
    town.heal()
    wait_until_right(town)


def test_what_the_wire_kept_back_never_brings_anybody_back(town: Town) -> None:
    gate = town.wires["Gate"]
    town.people[max(town.people) + 1] = ("Zoe", ("7777777",))
    town.load()
    gate.do(stall(ABOUT))
    town.stack.press()
    until(lambda: town.line("Gate")[1], "the agent giving up")

    del town.people[max(town.people)]
    town.load()
    gate.heal(standing=False)
    town.stack.press()
    wait_until_right(town)
    assert gate.links, "the wire still keeps something back"
    gate.heal()

    until(lambda: not gate.links, "the rest coming through")
    assert ("Zoe", ("7777777",)) not in town.memory("Gate").values()
    town.assert_nothing_false()


SEEDS = (3, 14, 159)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_faults_on_all_wires_end_right(town: Town, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(2):
        town.change()
        for wire in dice.sample([town.hub_wire, *town.wires.values()], dice.randrange(2, 6)):
            wire.do(any_fault(dice))
        town.stack.press()
        for _ in range(4):
            time.sleep(dice.uniform(0.0, 0.3))
            dice.choice([town.hub_wire, *town.wires.values()]).do(dice.choice((any_fault(dice), NONE)))
            town.assert_nothing_false()

    town.heal()
    wait_until_right(town)


def any_fault(dice: random.Random) -> Fault:
    ways: tuple[Way, Way] = ("there", "back")
    after, way = dice.choice((0, dice.randrange(1000))), dice.choice(ways)
    return dice.choice((cut(), limit_data(after, way), reset(after, way), stall(after, way), slow(), duplicate()))

"""The door of a virtual terminal: somebody shows a card or types a PIN, and its own memory decides, by its own clock."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import abilities, faults, serial_number
from doorsync.drivers.virtual.memory import Memory
from doorsync.drivers.virtual.tampering import CannotDo, must_be_terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody does at the door: show a card, type a PIN, or type their number and a PIN."""

    card: str = ""
    pin: str = ""
    key: str = ""

    @property
    def used(self) -> str:
        """The word for it in the log."""
        return "card" if self.card else "pin" if self.key else "pin-alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether the door opened; otherwise why not, and for whom, if the terminal knows them."""

    opened: bool
    reason: str = ""
    key: str = ""


def show(folder: Path, *, card: str = "", pin: str = "", key: str = "", door: int = 1) -> Decision:
    """Let the terminal decide and write it into its log, whether or not its network side runs. Raises CannotDo."""
    must_be_terminal(folder)
    shown = Shown(card=card, pin=pin, key=key)
    if not card and not pin:
        raise CannotDo("Show a card or type a PIN.")
    can, wall = abilities.settle(folder, {}), serial_number.clock(folder, faults.read(folder).clock_off)
    with closing(Memory(folder)) as memory, memory.at_once():
        decision = decide(memory, shown, datetime.fromisoformat(wall), memory.door_mode(door))
        memory.events.append(
            can["log_size"],
            wall=wall,
            code="granted" if decision.opened else "denied",
            reason=decision.reason,
            key=decision.key,
            used=shown.used,
            card="" if decision.key else card,
            door=door,
        )
    return decision


def decide(memory: Memory, shown: Shown, now: datetime, mode: str = "schedule") -> Decision:
    """Whether the door, which is in this mode, opens to whoever shows this at this moment of the wall clock."""
    if mode != "schedule":
        return Decision(opened=mode == "held-open", reason="" if mode == "held-open" else "locked-down")
    key = memory.holder("cards", shown.card, "") if shown.card else shown.key or memory.holder("pin", shown.pin, "")
    user = next(iter(memory.get("user", [key])), None) if key else None
    if key is None or user is None:
        return Decision(opened=False, reason="unknown")
    if shown.pin and shown.pin != user["pin"]:
        return Decision(opened=False, reason="wrong-pin", key=key)
    reason = _why_not(memory, user, now)
    return Decision(opened=not reason, reason=reason, key=key)


def _why_not(memory: Memory, user: dict[str, Any], now: datetime) -> str:
    if user["until"] and f"{now:%Y-%m-%dT%H:%M}" >= user["until"]:
        return "expired"
    schedules = memory.get("schedule", user["schedules"])
    if not schedules:
        return "no-hours"
    slots = [slot for schedule in schedules for slot in schedule["slots"]]
    return "" if any(_within(slot, now) for slot in slots) else "outside-hours"


def _within(slot: list[str], now: datetime) -> bool:
    day, start, end = slot
    return day == str(now.isoweekday()) and start <= f"{now:%H:%M}" < end

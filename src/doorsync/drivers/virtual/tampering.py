"""Changes terminals without the hub, as people do: enrol somebody at one, reset it, replace it, exchange two addresses."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from doorsync.drivers.virtual import abilities, files, serial_number
from doorsync.drivers.virtual.abilities import Denied
from doorsync.drivers.virtual.errors import VirtualTerminalError
from doorsync.drivers.virtual.memory import Memory
from doorsync.drivers.virtual.simulator import PORT


class CannotDo(VirtualTerminalError):
    """There is no such terminal, or it will not take this."""


def enrol(folder: Path, *, key: str, name: str, cards: Sequence[str] = (), pin: str = "", own: bool = False) -> None:
    """Write a person into the memory, whether or not the terminal runs. Raises CannotDo."""
    must_be_terminal(folder)
    entry = {"key": key, "name": name, "cards": sorted(cards), "pin": pin, "schedules": [], "until": ""}
    try:
        abilities.check_user(entry, abilities.settle(folder, {}))
    except Denied as error:
        raise CannotDo(f"The terminal does not take this person: {error}.") from error
    with closing(Memory(folder)) as memory:
        memory.put("user", entry)
        if own:
            memory.make_own(key)


def empty(folder: Path, *, replaced: bool = False) -> None:
    """Forget everything, the own administrators too; `replaced`: with another serial number. Raises CannotDo."""
    must_be_terminal(folder)
    with closing(Memory(folder)) as memory:
        memory.empty()
    if replaced:
        serial_number.replace(folder)


def swap(one: Path, other: Path) -> None:
    """Exchange the ports of two terminals. Raises CannotDo, or FolderInUse when one of them runs."""
    with ExitStack() as stack:
        for folder in (one, other):
            must_be_terminal(folder)
            stack.enter_context(files.hold(folder))
        ports = [(folder / PORT).read_text() for folder in (one, other)]
        for folder, port in zip((other, one), ports, strict=True):
            files.write(folder / PORT, port)


def must_be_terminal(folder: Path) -> None:
    """Raises CannotDo where no terminal was ever started."""
    if not (folder / PORT).is_file():
        raise CannotDo(f"There is no terminal in {folder}; it is made at its first start.")

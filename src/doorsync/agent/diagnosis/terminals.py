"""The terminals that this agent had work for: whether anybody answers at their addresses."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from doorsync.agent import status_file
from doorsync.agent.diagnosis.finding import Finding, fail, ok, warn
from doorsync.agent.status_file import TerminalStatus
from doorsync.domain.network_address import plain_host

WITHIN = 3  # seconds
AT_ONCE = 16
PLACE = re.compile(r"(?:[a-z0-9+.]+://)?(?:[^/@]*@)?(?P<host>[A-Za-z0-9.\-]+|\[[0-9a-f:]+\]):(?P<port>\d{1,5})(?:/.*)?")


def check_terminals(folder: Path) -> Iterator[Finding]:
    """A finding for each terminal, by TCP only: no terminal is asked or told anything."""
    told = status_file.read_status(folder)
    if told is None or not told.terminals:
        yield warn("this agent has not had work for any terminal yet", "Press Sync in the hub once; then look again.")
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(_reached, told.terminals, told.terminals.values())


def host_and_port(address: str) -> tuple[str, int] | None:
    """Host and port in an address, if they stand there; a name and password that stand before them are left out."""
    found = PLACE.fullmatch(address)
    return (plain_host(found["host"]).strip("[]"), int(found["port"])) if found and int(found["port"]) < 65536 else None


def _reached(public_id: str, terminal: TerminalStatus) -> Finding:
    at, name = host_and_port(terminal.address), terminal.name or public_id
    if at is None:
        return warn(f"terminal {name} ({terminal.make}): its address is not tried from here", "Its driver alone understands it.")
    shown = f"terminal {name} ({terminal.make}) at {at[0]}:{at[1]}"
    try:
        socket.create_connection(at, timeout=WITHIN).close()
    except OSError as error:
        advice = "Is it powered and on this network? Is its address in the hub right?"
        return fail(f"{shown} does not answer: {error.strerror or 'timed out'}", advice)
    return ok(f"{shown} accepts a connection; last result: {terminal.state}")

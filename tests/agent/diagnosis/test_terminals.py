"""Whether anybody answers at the addresses of the terminals that the agent had work for."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from doorsync.agent.diagnosis.terminals import check_terminals, host_and_port
from doorsync.agent.status_file import StatusFile

LAST = {"make": "virtual", "state": "done", "message": ""}


def test_without_work_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    (found,) = check_terminals(tmp_path)
    assert (found.level, "Press Sync" in found.advice) == ("warn", True)


def test_each_terminal_is_told_by_its_name_and_address_and_never_with_its_password(tmp_path: Path) -> None:
    status = StatusFile(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as there:
        at = f"127.0.0.1:{there.getsockname()[1]}"
        status.answered("a", address=f"http://admin:sesame@{at}/api", name="Main gate", **LAST)
        status.answered("b", address="127.0.0.1:1", **LAST)
        status.answered("c", address="/dev/ttyUSB0", **LAST)
        found = list(check_terminals(tmp_path))

    assert [(each.level, each.text) for each in found] == [
        ("ok", f"terminal Main gate (virtual) at {at} accepts a connection; last result: done"),
        ("fail", "terminal b (virtual) at 127.0.0.1:1 does not answer: Connection refused"),
        ("warn", "terminal c (virtual): its address is not tried from here"),
    ]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("10.0.0.5:8080", ("10.0.0.5", 8080)),
        ("https://admin:secret@gate.local:443/api", ("gate.local", 443)),
        ("[fe80::1]:80", ("fe80::1", 80)),
        ("010.000.0.5:80", ("10.0.0.5", 80)),
        ("/dev/ttyUSB0", None),
        ("host:65535", ("host", 65535)),
        ("host:65536", None),
        ("10.0.0.5", None),
    ],
)
def test_place_is_host_and_port_only(address: str, found: tuple[str, int] | None) -> None:
    assert host_and_port(address) == found

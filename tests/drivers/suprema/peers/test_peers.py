"""Suprema UK's client and our driver read and write the same simulated gateway, and their messages are the same on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from doorsync.domain.record import Kind
from doorsync.drivers.suprema import methods
from doorsync.drivers.suprema.methods import Method
from doorsync.drivers.suprema.session import SupremaSession
from doorsync.drivers.suprema.simulator.answers import ANSWERS
from doorsync.drivers.suprema.simulator.device import Device
from doorsync.drivers.suprema.simulator.server import PREFIX, SimulatedGateway
from tests.drivers.suprema.people import hours, person, refusals
from tests.factories.patience import PATIENCE

pytestmark = pytest.mark.client
HERE = Path(__file__).parent
ALIKE = {FieldDescriptor.TYPE_ENUM: FieldDescriptor.TYPE_UINT32}  # enums are numbers on the wire, and ours spell them so


def run(script: str, folder: Path, given: dict[str, Any]) -> Any:
    """In a folder of the test, because the client leaves a log file in it."""
    command = [sys.executable, str(HERE / script)]
    done = subprocess.run(
        command, cwd=folder, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def ask(gateway: SimulatedGateway, folder: Path, do: str, **more: Any) -> Any:
    (folder / "ca.crt").write_bytes(gateway.certificate.authority)
    where = {"host": "127.0.0.1", "port": gateway.port, "ca": "ca.crt", "device": gateway.devices[0].id}
    return run("call.py", folder, {**where, "do": do, **more})


def test_what_the_driver_wrote_is_what_the_makers_client_reads(
    session: SupremaSession, gateway: SimulatedGateway, tmp_path: Path
) -> None:
    assert not refusals(session, [hours(2, slots=[["7", "08:00", "12:00"], ["1", "22:00", "24:00"]])])
    zoe = person(3, name="Zoë", cards=["45131261"], pin="4711", schedules=["2"], until="2027-01-31T18:00")
    assert not refusals(session, [zoe])
    read = ask(gateway, tmp_path, "read")
    assert read["people"] == [
        {
            "key": "3",
            "name": "Zoë",
            "cards": [[1, 32, "00" * 28 + "02b0a5fd"]],
            "groups": [2],
            "end": 1801414800,
            "pin": read["hash"],
            "fingers": [],
        }
    ]
    assert read["schedules"] == {"2": ["Office", [[[480, 720]], [[1320, 1440]], [], [], [], [], []]]}
    assert (read["levels"], read["groups"]) == ({"2": [[1, 2]]}, {"2": [2]})


def test_what_the_makers_client_wrote_is_what_the_driver_reads_and_fingerprints_stay(
    session: SupremaSession, gateway: SimulatedGateway, tmp_path: Path
) -> None:
    ask(gateway, tmp_path, "write")
    theirs = hours(5, name="Theirs", slots=[[day, "01:00", "02:00"] for day in "1234567"])
    assert [found.record for found in session.read_all(Kind.SCHEDULE)] == [theirs]
    found = next(session.read_all(Kind.USER)).record
    assert (found.key, found.fields["name"], found.fields["cards"], found.fields["schedules"], found.fields["until"]) == (
        *("9", "Zoë", ["45131261"], ["5"]),
        "2027-01-31T18:00",
    )
    assert not refusals(session, [person(9, name="Zoë de Vries")])
    (read,) = ask(gateway, tmp_path, "read")["people"]
    assert (read["name"], read["cards"], read["fingers"]) == ("Zoë de Vries", [], [[1, ["010203"]]])


def test_whom_the_makers_client_removed_the_driver_no_longer_reads(
    session: SupremaSession, gateway: SimulatedGateway, device: Device, tmp_path: Path
) -> None:
    refusals(session, [person(1), person(2)])
    mark = session.change_mark()
    ask(gateway, tmp_path, "remove", keys=["1"])
    assert [found.record.key for found in session.read_all(Kind.USER)] == ["2"]
    assert session.change_mark() != mark


def test_every_method_and_message_is_the_makers_on_the_wire(tmp_path: Path) -> None:
    theirs = run("shapes.py", tmp_path, {})
    ours = [each for each in vars(methods).values() if isinstance(each, Method)]
    assert len(ours) > 20
    requests = {PREFIX + name: kind for name, (kind, _) in ANSWERS.items()}
    for method in ours:
        taken, given = theirs["methods"][method.path]
        assert differences(method.answer.DESCRIPTOR, given, theirs["messages"]) == []
        if method.path in requests:
            assert differences(requests[method.path].DESCRIPTOR, taken, theirs["messages"]) == []


def differences(ours: Any, name: str, messages: dict[str, dict[str, list[Any]]]) -> list[str]:
    """The fields of ours that are not, with this type, in the maker's message of this name."""
    found = []
    for field in ours.fields:
        there = messages[name].get(str(field.number))
        kind = (ALIKE.get(there[0], there[0]), there[1]) if there else None
        if there is None or kind != (field.type, field.is_repeated):
            found.append(f"{name}.{field.name}")
        elif field.message_type:
            found += differences(field.message_type, there[2], messages)
    return found

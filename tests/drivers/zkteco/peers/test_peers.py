"""Clients of four other authors and our driver read and write the same emulator, and agree."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Punch
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from tests.drivers.zkteco.terminals import accepted, schedule, session, user
from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE
from tests.factories.peer_programs import run_peer
from tests.factories.terminals import by_key, until

HERE = Path(__file__).parent
CLIENTS = ["pyzk", "pyzk2", "essl", "zkteco-js"]
COMM_KEY = 8421
Person = dict[str, Any]


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=3000))) as running:
        yield running


def ask(client: str, server: Server, do: str, people: list[Person] | None = None, **more: Any) -> Any:
    given = {"client": client, "host": server.host, "port": server.port, "do": do, "people": people or [], **more}
    given["comm_key"] = server.device.comm_key
    if client != "zkteco-js":
        answer = run_peer(HERE / "call.py", given)
        until(lambda: not server.device.session, "the terminal did not notice that the program was gone")
        return answer
    install_node_packages(HERE / "node")
    command = ["node", str(HERE / "node/call.js")]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    until(lambda: not server.device.session, "the terminal did not notice that the program was gone")
    return json.loads(done.stdout.splitlines()[-1])


def people(numbers: range, letters: str = "Émile") -> list[Person]:
    return [{"slot": n, "id": str(7000 + n), "name": f"{letters} {n}", "pin": f"{n:04}", "card": 70_000 + n} for n in numbers]


def told(found: list[Person]) -> dict[str, tuple[str, str, int]]:
    return {str(one["id"]): (one["name"], one["pin"], one["card"]) for one in found}


def held(server: Server) -> dict[str, tuple[str, str, int]]:
    everybody = server.device.memory.people.values()
    return {one.user_id: (one.name.decode(), one.password.decode(), one.card) for one in everybody}


@pytest.mark.client
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("many", [5, 800])
def test_they_read_what_our_driver_writes(server: Server, client: str, many: int) -> None:
    server.device.comm_key = COMM_KEY if client != "zkteco-js" else 0  # which knows no comm keys
    server.device.faults.apart = 0.02 if client == "zkteco-js" else 0.0  # which takes one frame for each segment
    letters = "Emile" if client == "zkteco-js" else "Émile"  # which reads names as ASCII
    with session(server, secret=str(COMM_KEY)) as one:
        records = [user(n, f"{letters} {n}", card=70_000 + n, pin=f"{n:04}") for n in range(1, many + 1)]
        for start in range(0, many, 500):
            assert len(accepted(one.put_many(records[start : start + 500]))) == len(records[start : start + 500])
    found = told(ask(client, server, "read"))
    assert found == {str(n): (f"{letters} {n}", f"{n:04}", 70_000 + n) for n in range(1, many + 1)}
    assert found == held(server)


@pytest.mark.client
@pytest.mark.parametrize(
    ("client", "do", "many"), [*((client, "write", 30) for client in CLIENTS), ("pyzk2", "write-in-bulk", 400)]
)
def test_our_driver_reads_what_they_write(server: Server, client: str, do: str, many: int) -> None:
    server.device.comm_key = COMM_KEY if client != "zkteco-js" else 0
    server.device.faults.apart = 0.02 if client == "zkteco-js" else 0.0
    written = people(range(1, many + 1), "Ann" if client == "zkteco-js" else "Émile")
    if client == "zkteco-js":
        written = [{**one, "card": 700 + one["slot"]} for one in written]  # it writes 16 bits of a card
    ask(client, server, do, written)
    with session(server, secret=str(COMM_KEY)) as one:
        found = {key: record.fields for key, record in by_key(one.read_all(Kind.USER)).items()}
        assert found == {
            each["id"]: {"name": each["name"], "cards": [str(each["card"])], "pin": each["pin"], "schedules": []}
            for each in written
        }


@pytest.mark.client
def test_they_see_the_hours_that_our_driver_writes(server: Server) -> None:
    with session(server) as one:
        assert accepted(one.put_many([schedule(5, ("1", "08:00", "18:00"), ("7", "00:00", "24:00"))])) == {"5"}
        assert accepted(one.put_many([user(1, schedules=["5"]), user(2)])) == {"1", "2"}
    seen = ask("essl", server, "read", zone=5)
    assert {one["id"]: one["zones"] for one in seen["people"]} == {"1": [1, 5], "2": [0, 0]}
    closed = [23, 59, 0, 0]
    assert seen["days"] == [[0, 0, 23, 59], [8, 0, 17, 59], closed, closed, closed, closed, closed]


@pytest.mark.client
def test_whom_they_remove_is_gone_and_whom_we_remove_is_gone(server: Server) -> None:
    ask("pyzk", server, "write", people(range(1, 11)))
    ask("pyzk2", server, "remove", people(range(1, 4)))
    with session(server) as one:
        assert len(by_key(one.read_all(Kind.USER))) == 7
        assert accepted(one.remove_many(Kind.USER, ["7004", "7001"])) == {"7004", "7001"}
    assert set(told(ask("essl", server, "read"))) == {str(7000 + n) for n in range(5, 11)}


@pytest.mark.client
@pytest.mark.parametrize("client", ["pyzk", "pyzk2"])
def test_they_read_small_rows_that_our_driver_writes(server: Server, client: str) -> None:
    server.device.memory.row, server.device.memory.log = 28, [Punch(1, "1", 800_000_000)]
    with session(server, row="28") as one:
        assert len(accepted(one.put_many([user(n, f"Ann {n}", card=n, pin="12345") for n in range(1, 50)]))) == 49
    assert told(ask(client, server, "read")) == {str(n): (f"Ann {n}", "12345", n) for n in range(1, 50)}


@pytest.mark.client
@pytest.mark.parametrize("client", ["pyzk", "pyzk2"])
def test_they_open_the_lock_with_the_packet_of_our_driver(server: Server, client: str) -> None:
    with session(server) as one:
        one.open_door(1, within=PATIENCE)
    ask(client, server, "open")
    assert server.device.unlocked == [30, 30]

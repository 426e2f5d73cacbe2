"""A terminal may answer with anything: the driver believes only what makes sense, and gives up in time."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.virtual.abilities import STANDARD
from doorsync.drivers.virtual.driver import VirtualDriver
from tests.factories.patience import PATIENCE

Reply = Callable[[dict[str, Any]], bytes | None]


@contextmanager
def answering(reply: Reply) -> Iterator[str]:
    """A terminal of somebody else's making; None hangs up."""
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=[server, reply], name="strange terminal")
    thread.start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(PATIENCE)


def _serve(server: socket.socket, reply: Reply) -> None:
    try:
        connection, _ = server.accept()
    except OSError:
        return
    with connection, connection.makefile("rb") as requests, suppress(OSError):  # the driver may hang up at any time
        for line in requests:
            answer = reply(json.loads(line))
            if answer is None:
                return
            connection.sendall(answer)


def sane(request: dict[str, Any], **content: Any) -> bytes:
    return json.dumps({"id": request["id"], "ok": True, **content}).encode() + b"\n"


def about_then(reply: Reply) -> Reply:
    return lambda request: sane(request, about=STANDARD) if request["do"] == "about" else reply(request)


ODD: list[dict[str, Any]] = [
    {"serial": 5},
    {"serial": "9" * 65},
    {"users": -1},
    {"users": "many"},
    {"users": True},
    {"clock": None},
]
ENTRY = {"key": "1", "name": "Alice", "cards": [], "pin": "", "schedules": [], "until": ""}


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: None,
        lambda _: b"\n",
        lambda _: b"no json\n",
        lambda _: b'{"id": 99, "ok": true}\n',
        lambda request: sane(request, ok="yes"),
        lambda request: sane(request, ok=False, error="1234 is a bad PIN"),
        sane,
        lambda request: sane(request, entries={}),
        lambda request: sane(request, entries=[{}]),
        lambda request: sane(request, entries=[{**ENTRY, "key": 1}]),
        lambda request: sane(request, entries=[{**ENTRY, "name": 5}]),
        lambda request: sane(request, entries=[{**ENTRY, "name": "\ud800"}]),
        lambda request: sane(request, entries=[{**ENTRY, "cards": ["1", 2]}]),
        lambda request: sane(request, entries=[{**ENTRY, "key": "not asked for"}]),
        lambda _: b"x" * 1_100_000,
    ],
)
def test_a_senseless_answer_is_an_error_that_may_pass(answer: Reply) -> None:
    with (
        answering(about_then(answer)) as address,
        VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE) as session,
    ):
        with pytest.raises(TerminalError) as caught:
            list(session.read(Kind.USER, ["1"]))
        assert not caught.value.permanent
        assert "1234" not in str(caught.value)


@pytest.mark.parametrize(
    "about",
    [None, {}, {**STANDARD, "capacity": "many"}, {**STANDARD, "readable": ["iris"]}, *({**STANDARD, **odd} for odd in ODD)],
)
def test_abilities_that_make_no_sense_end_the_conversation(about: object) -> None:
    with answering(lambda request: sane(request, about=about)) as address:
        with pytest.raises(TerminalError) as caught, VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE):
            pass
        assert not caught.value.permanent


def test_pages_that_go_round_in_circles_are_found_out() -> None:
    circle = about_then(lambda request: sane(request, entries=[ENTRY], more=True))
    with (
        answering(circle) as address,
        VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE) as session,
        pytest.raises(TerminalError, match="does not understand"),
    ):
        list(session.read_all(Kind.USER))


def test_pages_that_bring_nothing_are_found_out() -> None:
    empty = about_then(lambda request: sane(request, entries=[], more=True))
    with (
        answering(empty) as address,
        VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE) as session,
        pytest.raises(TerminalError, match="does not understand"),
    ):
        list(session.read_all(Kind.USER))


def test_an_answer_in_drops_is_given_up_in_time() -> None:
    server, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()
    drips = iter(range(400))  # for far longer than the driver may wait

    def drip() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            while not stop.wait(0.05) and next(drips, None) is not None:
                connection.sendall(b" ")

    thread = threading.Thread(target=drip, name="dripping terminal")
    thread.start()
    address = f"127.0.0.1:{server.getsockname()[1]}"
    with (
        pytest.raises(TerminalError, match="stopped answering"),
        VirtualDriver().open(ConnectionSettings(address=address), timeout=0.4),
    ):
        pass
    assert next(drips, None) is not None, "it was given up only when it stopped by itself"
    stop.set()
    thread.join(PATIENCE)
    server.close()


def test_lists_in_any_order_are_the_same_record() -> None:
    entry = {**ENTRY, "cards": ["9", "10"], "schedules": ["b", "a"]}
    reply = about_then(lambda request: sane(request, entries=[entry]))
    with answering(reply) as address, VirtualDriver().open(ConnectionSettings(address=address), timeout=PATIENCE) as session:
        fields = next(session.read(Kind.USER, ["1"])).record.fields
    assert (fields["cards"], fields["schedules"]) == (["10", "9"], ["a", "b"])


def test_a_request_that_is_given_up_is_taken_back() -> None:
    """What the system would still deliver, after the time of its order is over, could bring somebody back."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        with (
            pytest.raises(TerminalError),
            VirtualDriver().open(ConnectionSettings(address=f"127.0.0.1:{server.getsockname()[1]}"), timeout=0.2),
        ):
            pass
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as all_that_came, pytest.raises(ConnectionResetError):
            all_that_came.read()

"""A certificate, a wrong port, a wrong name and silence are told apart, wherever the agent dials its hub."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from doorsync.agent.config import Config
from doorsync.agent.connection_errors import out_of_reach
from doorsync.agent.courier_ports import Hub as Port
from doorsync.agent.diagnosis import hub as hub_checks
from doorsync.agent.enrolment import enrol
from doorsync.agent.errors import HubAway, HubUnreachable
from doorsync.agent.identity import Identity
from tests.agent.courier import served
from tests.agent.hub import CODE, Hub
from tests.factories import tls

Place = Callable[[Path], "Iterator[str]"]


@contextmanager
def unknown_certificate(folder: Path) -> Iterator[str]:
    with served(Hub()) as url, tls.front(tls.certificate(folder, "localhost"), int(url.rpartition(":")[2])) as port:
        yield f"https://localhost:{port}"


@contextmanager
def no_tls(_: Path) -> Iterator[str]:
    with served(Hub()) as url:
        yield url.replace("http:", "https:")


@contextmanager
def nobody(_: Path) -> Iterator[str]:
    yield "http://127.0.0.1:1"


@contextmanager
def no_name(_: Path) -> Iterator[str]:
    yield "https://hub.invalid"


PLACES = {
    "certificate": (unknown_certificate, "cannot be trusted: self-signed certificate"),
    "no TLS": (no_tls, "does not speak TLS"),
    "nobody": (nobody, "cannot be reached"),
    "no name": (no_name, "not known here"),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address, and what is to be said of it."""
    opened, said = PLACES[request.param]
    with opened(tmp_path) as url:
        yield url, said


def test_enrolment_names_who_is_to_blame(place: tuple[str, str], tmp_path: Path) -> None:
    url, said = place
    with pytest.raises(HubUnreachable) as refused:
        enrol(Config(data=tmp_path / "agent"), hub_url=url, code=CODE)
    assert said in str(refused.value)
    assert "did not answer" not in str(refused.value)


def test_courier_names_who_is_to_blame(place: tuple[str, str]) -> None:
    url, said = place
    hub = Port(url)
    with pytest.raises(HubAway) as away:
        hub.wait("agent-1", "")
    hub.close()
    assert said in str(away.value)


def test_doctor_names_who_is_to_blame(place: tuple[str, str], folder: Path) -> None:
    url, said = place
    identity = replace(Identity.load(folder), hub_url=url)
    failed = [each for each in hub_checks.check_way_to_hub(Config(data=folder), identity) if each.level == "fail"]
    assert len(failed) == 1
    assert said.replace("not known here", "not known") in failed[0].text


def test_silence_is_called_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, httpx2.Client(timeout=0.2) as client:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(httpx2.TimeoutException) as late:
            client.get(url)
    assert "did not answer in time" in str(out_of_reach(url, late.value))

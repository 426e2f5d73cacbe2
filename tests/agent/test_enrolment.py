"""Enrolment: a code, fresh keys, the hub's keys pinned; and every way in which it can fail, said plainly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from doorsync.agent import data_folder
from doorsync.agent.config import Config
from doorsync.agent.enrolment import enrol
from doorsync.agent.errors import EnrolmentFailed, FolderInUse, HubUnreachable
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Enrolled
from tests.agent.courier import served
from tests.agent.hub import AGENT, CODE, COMPANY, ORIGIN, Hub
from tests.factories.patience import PATIENCE


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "agent")


@pytest.fixture
def lonely_hub() -> Hub:
    return Hub()


def test_enrolment_pins_the_hub_and_keeps_what_it_was_told(config: Config, lonely_hub: Hub) -> None:
    with served(lonely_hub) as url:
        enrol(config, hub_url=url + "/", code=f" {CODE.lower()}\n")
    identity = Identity.load(config.data)
    assert (identity.company, identity.agent, identity.origins, identity.hub_url) == (COMPANY, AGENT, (ORIGIN,), url)
    assert identity.hub.sign.thumbprint() == lonely_hub.keys.sign.thumbprint()
    assert lonely_hub.agent_keys
    assert lonely_hub.agent_keys.seal.thumbprint() == identity.keys.seal.thumbprint()


def test_the_hub_learns_where_the_agent_will_listen(config: Config) -> None:
    urls: list[str] = []

    class Noting(Hub):
        def enrol(self, enrolment: str) -> dict[str, object]:
            from doorsync.messages.schemas import Enrolment

            urls.append(envelope.introduced(enrolment, Enrolment).url)
            return super().enrol(enrolment)

    with served(Noting()) as url:
        enrol(config, hub_url=url, code=CODE)
        enrol(config, hub_url=url, code=CODE, url="https://gate-pc.example.com:8443")
    port = (config.data / "port").read_text().strip()
    assert urls == [f"http://127.0.0.1:{port}", "https://gate-pc.example.com:8443"]


def test_a_second_enrolment_brings_fresh_keys_and_fresh_chains(config: Config, lonely_hub: Hub) -> None:
    with served(lonely_hub) as url:
        first = enrol(config, hub_url=url, code=CODE)
        second = enrol(config, hub_url=url, code=CODE)
    assert first.keys.sign.thumbprint() != second.keys.sign.thumbprint()
    assert State(config.data).chains.heads() == []


def test_a_wrong_code_is_told_in_the_hubs_words_and_changes_nothing(config: Config, lonely_hub: Hub) -> None:
    with served(lonely_hub) as url:
        enrol(config, hub_url=url, code=CODE)
        before = (config.data / "identity.json").read_bytes()
        with pytest.raises(EnrolmentFailed, match="No such code"):
            enrol(config, hub_url=url, code="AAAAA-BBBBB-CCCCC-DDDDD")
    assert (config.data / "identity.json").read_bytes() == before


@pytest.mark.parametrize("code", ["", "hello", "AB", "AAAAA BBBBB", "AAAAA-BBB!B", "--"])
def test_what_cannot_be_a_code_never_leaves_the_machine(config: Config, lonely_hub: Hub, code: str) -> None:
    with served(lonely_hub) as url, pytest.raises(EnrolmentFailed, match="Not a valid enrolment code"):
        enrol(config, hub_url=url, code=code)
    assert lonely_hub.agent_keys is None


@pytest.mark.parametrize("url", ["", "hub", "ftp://127.0.0.1", "https://"])
def test_what_is_no_address_is_said_so(config: Config, url: str) -> None:
    with pytest.raises(EnrolmentFailed, match="not the address of a hub"):
        enrol(config, hub_url=url, code=CODE)


def test_a_code_never_travels_in_clear_over_a_network(config: Config) -> None:
    with pytest.raises(EnrolmentFailed, match="https"):
        enrol(config, hub_url="http://doorsync.example.com", code=CODE)


def test_a_hub_that_does_not_answer_is_said_so(config: Config) -> None:
    with pytest.raises(HubUnreachable, match="cannot be reached"):
        enrol(config, hub_url="http://127.0.0.1:1", code=CODE)
    assert not (config.data / "identity.json").exists()


@contextmanager
def saying(status: int, content: bytes) -> Iterator[str]:
    """Something that answers and is no hub."""

    class Stubborn(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            pass

    with HTTPServer(("127.0.0.1", 0), Stubborn) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        thread.join(PATIENCE)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"enrolled": 5}'),
        (200, b'{"enrolled": "x"}'),
        (404, b"{}"),
        (500, b"\xff"),
        (302, b"{}"),
    ],
)
def test_an_answer_of_another_program_is_said_so(config: Config, status: int, content: bytes) -> None:
    with saying(status, content) as url, pytest.raises(EnrolmentFailed):
        enrol(config, hub_url=url, code=CODE)
    assert not (config.data / "identity.json").exists()


def test_an_answer_signed_with_another_key_than_it_brings_is_refused(config: Config) -> None:
    enrolled = Enrolled(company=COMPANY, agent=AGENT, name="x", keys=KeyPairs.generate().public.as_dict(), origins=[ORIGIN])
    signed = envelope.sign(enrolled, KeyPairs.generate().sign)
    with saying(200, b'{"enrolled": "%s"}' % signed.encode()) as url, pytest.raises(EnrolmentFailed, match="cannot be used"):
        enrol(config, hub_url=url, code=CODE)


def test_an_agent_that_runs_is_not_enrolled_under_its_feet(config: Config, lonely_hub: Hub) -> None:
    with served(lonely_hub) as url, data_folder.hold_folder(config.data), pytest.raises(FolderInUse):
        enrol(config, hub_url=url, code=CODE)
    assert lonely_hub.agent_keys is None

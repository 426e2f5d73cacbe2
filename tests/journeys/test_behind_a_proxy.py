"""The cloud courier where only a proxy leads out: somebody else's, with a password, and a certificate of the company's own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.factories import tls
from tests.factories.ports import bound
from tests.factories.stack import LOCATIONS, Stack, stack, until

ALICE, BOB = ({"id": str(number), "last_name": name, "groups": ["Members"]} for number, name in ((1, "Alice"), (2, "Bob")))
PASSWORD = "way-0ut-of-here"


@contextmanager
def tinyproxy(folder: Path) -> Iterator[tuple[int, Path]]:
    """Its port and its log. It asks for the name `agent` and the password."""
    with bound() as found:
        port = found.getsockname()[1]
    log = folder / "proxy.log"
    settings = f'Port {port}\nListen 127.0.0.1\nLogFile "{log}"\nLogLevel Connect\nBasicAuth agent {PASSWORD}\n'
    (folder / "proxy.conf").write_text(settings)
    process = subprocess.Popen(["tinyproxy", "-d", "-c", str(folder / "proxy.conf")], stdout=subprocess.DEVNULL)
    try:
        until(lambda: log.exists() and "done sending stored logs" in log.read_text(), "the proxy listening")
        yield port, log
    finally:
        process.terminate()
        process.wait(10)


def is_everywhere(running: Stack, *names: str) -> bool:
    return all(sorted(running.people(name).values()) == list(names) for name in LOCATIONS)


def test_agent_enrols_and_works_through_the_proxy_and_says_when_it_may_not(tmp_path: Path) -> None:
    pem = tls.certificate(tmp_path, "localhost")
    with stack(tmp_path, [ALICE, BOB]) as running, tls.front(pem, running.port) as front, tinyproxy(tmp_path) as (port, log):
        running.hub_address = f"https://localhost:{front}"
        running.agent_environment["DOORSYNC_AGENT_CA_FILE"] = str(pem)
        running.agent_environment["DOORSYNC_AGENT_PROXY"] = f"http://agent:{PASSWORD}@127.0.0.1:{port}"
        running.enrol()
        running.start_agent()
        running.press()
        until(lambda: is_everywhere(running, "Alice", "Bob"), "both everywhere")
        running.load([BOB])
        until(lambda: is_everywhere(running, "Bob"), "Alice being gone without a press")
        assert f"CONNECT localhost:{front}" in log.read_text()
        assert f"reached through the proxy http://127.0.0.1:{port}" in doctor(running, ends=0)

        running.end("agent")
        running.agent_environment["DOORSYNC_AGENT_PROXY"] = f"http://agent:wrong@127.0.0.1:{port}"
        running.start_agent()
        until(lambda: "The hub is away" in running.log("agent"), "the agent saying so")
        assert "the proxy did not let this agent through to the hub" in doctor(running, ends=1)
        assert PASSWORD not in running.log("agent")


def doctor(running: Stack, *, ends: int) -> str:
    """What it says, which holds no password."""
    said = running.run(["agent", "doctor"], environment=running.agent_environment, ends=ends)
    assert PASSWORD not in said
    return said

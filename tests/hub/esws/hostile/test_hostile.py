from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import soap
from tests.hub.esws.hostile.corpus import CORPUS

SECONDS, MEGABYTES = 0.25, 80


class Victim:
    """The measuring process, with a file that never answers and a port that counts its callers."""

    def __init__(self, folder: Path) -> None:
        os.mkfifo(folder / "trap")
        self.port = socket.create_server(("127.0.0.1", 0))
        self.port.setblocking(False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hub.esws.hostile.measure", str(folder / "trap"), str(self.port.getsockname()[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measured(self, name: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def was_called(self) -> bool:
        try:
            self.port.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.port.close()


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    made = Victim(tmp_path_factory.mktemp("hostile"))
    yield made
    made.end()


def test_the_corpus_has_at_least_40_messages() -> None:
    assert len(CORPUS) >= 40


@pytest.mark.requirement(
    "S-02", mutation="resolve_entities=True, load_dtd=True and no check of the DOCTYPE; no MARKS; no check of namespaces"
)
@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_message_is_refused_quickly_and_cheaply(victim: Victim, name: str) -> None:
    found = victim.measured(name)
    expected = CORPUS[name].fault()

    assert "died" not in found
    assert (found["status"], soap.fault(found["answer"].encode())) == (500, expected.code)
    assert str(expected.__doc__) in found["answer"]
    assert found["headers"]["content-type"] == "text/xml; charset=utf-8"
    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES
    assert found["touched"] == []
    assert not victim.was_called()

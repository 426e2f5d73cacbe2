"""SOAP clients that others made, behind one shape: what to call with what, and what came back."""

from __future__ import annotations

import json
import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zeep
import zeep.helpers
from zeep.exceptions import Fault
from zeep.settings import Settings

from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE

OPERATION = "Esws.getTotalSyncToken"
HERE = Path(__file__).parent
NODE = HERE / "node"
Parameters = Mapping[str, Any]
Calls = Sequence[tuple[str, Parameters]]


@dataclass(frozen=True)
class Said:
    """What a client made of the answer."""

    result: Any = None
    fault: str | None = None


class Client(ABC):
    """One of them."""

    def __call__(self, url: str, parameters: Parameters, operation: str = OPERATION) -> Said:
        """What it makes of the answer to one call."""
        return self.all(url, [(operation, parameters)])[0]

    @abstractmethod
    def all(self, url: str, calls: Calls) -> list[Said]:
        """What it makes of the answers to several calls, one after the other."""


class Zeep(Client):
    """Python's zeep."""

    def __init__(self, query: str = "wsdl") -> None:
        self.query = query

    def all(self, url: str, calls: Calls) -> list[Said]:
        client: Any = zeep.Client
        loaded = client(f"{url}?{self.query}", settings=Settings(strict=True))
        try:
            return [_zeep_said(loaded, *call) for call in calls]
        finally:
            loaded.transport.session.close()


def _zeep_said(loaded: Any, operation: str, parameters: Parameters) -> Said:
    plain: Any = zeep.helpers.serialize_object
    try:
        return Said(plain(loaded.service[operation](**parameters), dict))
    except Fault as fault:
        return Said(fault=str(fault.code))


class Php(Client):
    """PHP's SoapClient, with the WSDL, with its twin, or with neither."""

    def __init__(self, query: str | None = "wsdl", **options: Any) -> None:
        self.query, self.options = query, options

    def all(self, url: str, calls: Calls) -> list[Said]:
        where = {"wsdl": f"{url}?{self.query}"} if self.query else {"location": url}
        return _run(["php", str(HERE / "php/call.php")], {**where, "calls": _named(calls), "options": self.options})


class Node(Client):
    """npm's soap."""

    def __init__(self, query: str = "wsdl") -> None:
        self.query = query

    def all(self, url: str, calls: Calls) -> list[Said]:
        install_node_packages(NODE)
        return _run(["node", str(NODE / "call.js")], {"wsdl": f"{url}?{self.query}", "calls": _named(calls)})


def _named(calls: Calls) -> list[dict[str, Any]]:
    return [{"operation": operation, "parameters": parameters} for operation, parameters in calls]


def _run(command: list[str], given: Mapping[str, Any]) -> list[Said]:
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, env=plain, check=False
    )
    assert done.returncode == 0, done.stderr
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return [Said(**each) for each in said]

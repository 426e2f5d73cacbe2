"""SOAP clients that others made, behind one shape: what to call with what, and what came back."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zeep
from zeep.exceptions import Fault
from zeep.settings import Settings

from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE

OPERATION = "Esws.getTotalSyncToken"
HERE = Path(__file__).parent
NODE = HERE / "node"
Parameters = Mapping[str, str | None]


@dataclass(frozen=True)
class Said:
    """What a client made of the answer."""

    result: Any = None
    fault: str | None = None


class Zeep:
    """Python's zeep."""

    def __init__(self, query: str = "wsdl") -> None:
        self.query = query

    def __call__(self, url: str, parameters: Parameters, operation: str = OPERATION) -> Said:
        client: Any = zeep.Client
        loaded = client(f"{url}?{self.query}", settings=Settings(strict=True))
        try:
            return Said(loaded.service[operation](**parameters))
        except Fault as fault:
            return Said(fault=str(fault.code))
        finally:
            loaded.transport.session.close()


class Php:
    """PHP's SoapClient, with the WSDL, with its twin, or with neither."""

    def __init__(self, query: str | None = "wsdl", **options: Any) -> None:
        self.query, self.options = query, options

    def __call__(self, url: str, parameters: Parameters, operation: str = OPERATION) -> Said:
        where = {"wsdl": f"{url}?{self.query}"} if self.query else {"location": url}
        given = {**where, "operation": operation, "parameters": parameters, "options": self.options}
        return _run(["php", str(HERE / "php/call.php")], given)


class Node:
    """npm's soap."""

    def __init__(self, query: str = "wsdl") -> None:
        self.query = query

    def __call__(self, url: str, parameters: Parameters, operation: str = OPERATION) -> Said:
        install_node_packages(NODE)
        return _run(
            ["node", str(NODE / "call.js")], {"wsdl": f"{url}?{self.query}", "operation": operation, "parameters": parameters}
        )


def _run(command: list[str], given: Mapping[str, Any]) -> Said:
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, env=plain, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return Said(**said)

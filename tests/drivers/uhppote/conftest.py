from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from doorsync.drivers.uhppote.controller import Controller
from doorsync.drivers.uhppote.simulator import controller_on_network
from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE

NODE = Path(__file__).parent / "node"
SERIAL = 405419896


@dataclass
class ControllerOnNetwork:
    controller: Controller
    port: int

    def address(self, protocol: str) -> tuple[int, str, str]:
        """As the library uhppoted names it."""
        return self.controller.serial, f"127.0.0.1:{self.port}", protocol


@pytest.fixture
def on_network(tmp_path: Path) -> Iterator[ControllerOnNetwork]:
    with controller_on_network(tmp_path, serial=SERIAL, capacity=64) as (controller, port):
        yield ControllerOnNetwork(controller, port)


@pytest.fixture
def npm_client(on_network: ControllerOnNetwork) -> Callable[..., dict[str, Any]]:
    """The client of the same controllers in JavaScript: function and arguments, as its documentation names them."""
    install_node_packages(NODE)

    def call(function: str, *arguments: Any) -> dict[str, Any]:
        given = {
            "function": function,
            "controller": on_network.controller.serial,
            "port": on_network.port,
            "arguments": arguments,
        }
        command = ["node", str(NODE / "call.js")]
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    return call

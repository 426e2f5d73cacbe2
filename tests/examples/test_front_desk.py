"""The example does what its README says, against the real hub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE

PROGRAM = Path(__file__).parents[2] / "examples/front_desk/front_desk.py"


def run(hub: str, password: str) -> subprocess.CompletedProcess[str]:
    environment = {"ESWS_CODE": world.SAMPLE_CODE, "ESWS_USER": "username", "ESWS_PASSWORD": password}
    return subprocess.run(
        [sys.executable, PROGRAM, hub, "--print"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.client
def test_front_desk_prints_a_working_link_or_says_what_is_wrong(hub: LiveHub) -> None:
    world.administrator(world.company())

    right, wrong, away = run(hub.url, "passwrod"), run(hub.url, "wrong"), run("http://127.0.0.1:9", "passwrod")

    assert right.stdout.startswith(f"{hub.url}/users/totalSyncUsersLogin/")
    assert (wrong.returncode, wrong.stderr.strip()) == (1, "Name or password is wrong.")
    assert away.returncode == 1
    assert "Doorsync did not answer at http://127.0.0.1:9" in away.stderr

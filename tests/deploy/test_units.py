"""The systemd units: systemd understands every line, they hold their programs tightly, and `doorsync` acts as they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from doorsync.cli import COMMANDS
from tests.factories.patience import PATIENCE

UNITS = Path(__file__).resolve().parents[2] / "deploy/systemd"
NAMES = ["doorsync-hub", "doorsync-agent"]
# What `systemd-analyze security` would also like. But they need the network and local sockets, may read the clock but not set it,
# and have mounts of their own through what else is private.
OPEN = {
    "RootDirectoryOrRootImage",
    "PrivateMounts",
    "PrivateNetwork",
    "PrivateUsers",
    "RestrictAddressFamilies_AF_UNIX",
    "RestrictAddressFamilies_AF_INET_INET6",
    "DeviceAllow",
    "IPAddressDeny",
}
OF_NO_SERVICE = ("demo", "terminal", "verify")  # these need nothing of a service's: whoever calls them runs them
SHARED = ("User", "DynamicUser", "StateDirectory", "StateDirectoryMode", "UMask", "LoadCredential", "SetCredential")


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=PATIENCE, check=False)


def settings(name: str) -> dict[str, str]:
    """The unit's lines, the last of each name."""
    lines = (UNITS / f"{name}.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("name", NAMES)
def test_systemd_understands_the_unit(tmp_path: Path, name: str) -> None:
    """A word that systemd does not know is only ignored with a warning, also where it should have restricted something."""
    copy = tmp_path / f"{name}.service"
    copy.write_text((UNITS / copy.name).read_text().replace("/opt/doorsync/bin/doorsync", sys.executable))

    found = analyze("verify", "--man=no", str(copy))

    assert [line for line in found.stderr.splitlines() if name in line] == []
    assert found.returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_stays_as_tight_as_it_is(name: str) -> None:
    found = analyze("security", "--offline=yes", "--json=short", str(UNITS / f"{name}.service"))

    assert {check["json_field"] for check in json.loads(found.stdout) if not check["set"]} <= OPEN
    assert {check["json_field"] for check in json.loads(found.stdout)} > OPEN


@pytest.mark.parametrize(
    ("group", "name"),
    [(each, "doorsync-agent" if each == "agent" else "doorsync-hub") for each in COMMANDS if each not in OF_NO_SERVICE],
)
def test_a_command_gets_account_folder_and_settings_of_its_service(tmp_path: Path, group: str, name: str) -> None:
    """Otherwise it would act on another folder, or leave files there that the service cannot read."""
    for stub, does in {"systemd-run": 'printf "%s\\n" "$@"', "id": "echo 0"}.items():
        (tmp_path / stub).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / stub).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DOORSYNC_AGENT_PORT": "8443"}

    words = subprocess.run(
        ["/bin/sh", str(UNITS / "doorsync"), group, "do", "a thing"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout.splitlines()

    unit = settings(name)
    given = dict(word.removeprefix("--property=").split("=", 1) for word in words if word.startswith("--property="))
    assert {key: given.get(key) for key in SHARED} == {key: unit.get(key) for key in SHARED}
    assert given["EnvironmentFile"] == f"-{unit['EnvironmentFile'].removeprefix('-')}"
    assert f"--setenv={unit['Environment'].replace('%S', '/var/lib')}" in words
    assert "--setenv=DOORSYNC_AGENT_PORT" in words
    assert words[-5:] == [str(tmp_path), unit["ExecStart"].split()[0], group, "do", "a thing"]


def test_a_command_is_refused_to_others_than_root(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", str(UNITS / "doorsync"), "agent", "status"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert done.returncode == 1
    assert "Run this as root" in done.stderr

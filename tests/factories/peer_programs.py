"""Programs of other authors that tests run in an environment and in processes of their own. Nothing of ours imports them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.factories.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PINS = ROOT / "requirements/peers.txt"
ENVIRONMENT = ROOT / ".venv/peers"
PYTHON = ENVIRONMENT / "bin/python"
# One of them says that it needs a newer Python than it does. Their dependencies are left out: what is used needs none.
INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-deps", "--ignore-requires-python", "--require-hashes")


def install_peers() -> Path:
    """The Python of their environment, made once for each list of pins. Other test processes wait meanwhile."""
    stamp, wanted = ENVIRONMENT / ".installed", hashlib.sha256(PINS.read_bytes()).hexdigest()
    with PINS.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            venv.create(ENVIRONMENT, with_pip=True, clear=True)
            command = [str(PYTHON), "-m", "pip", *INSTALL, "-r", str(PINS)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                raise RuntimeError(
                    f"The programs of others in {PINS.name} cannot be installed; is PyPI in reach? {done.stderr[-600:]}"
                )
            stamp.write_text(wanted)
    return PYTHON


def run_peer(script: Path, given: Mapping[str, Any]) -> Any:
    """What a script that uses them prints as JSON, given JSON."""
    command = [str(install_peers()), str(script)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.stdout.write(f"{install_peers()}\n")

"""What the machine itself tells: versions, settings with where they come from, the data folder, the drivers."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from doorsync.agent import drivers as finding_drivers
from doorsync.agent.diagnosis.finding import Finding, fail, ok, warn
from doorsync.agent.settings import Settings

LIBRARIES = ("cryptography", "joserfc", "httpx2", "pydantic", "starlette", "uvicorn")
ROOM = 50 * 1024 * 1024  # bytes; with less, the next batches may not be accepted


def versions() -> Iterator[Finding]:
    """Of the program, Python and the system."""
    yield ok(f"doorsync {version('doorsync')}, Python {platform.python_version()}, {platform.platform()}")
    yield ok(", ".join(f"{name} {version(name)}" for name in LIBRARIES) + f"; {sys.executable}")


def settings(found: Settings) -> Iterator[Finding]:
    """Each setting and its source; of the proxy only where it is."""
    there = "" if found.file.exists() else " (not there: written at the first start)"
    yield ok(f"settings file: {found.file}{there}")
    for name, source in found.sources.items():
        yield ok(f"{name} = {_shown(getattr(found.config, name))} ({source})")


def folder(path: Path) -> Iterator[Finding]:
    """It must be ours, private and writable."""
    if not path.is_dir():
        yield fail(f"data folder {path} is not there", "Enrol the agent, or name its folder with --data or DOORSYNC_AGENT_DATA.")
        return
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield fail(f"data folder {path} cannot be used by this account", "Run this as the account that the agent runs as.")
        return
    open_ones = [each for each in [path, *sorted(path.glob("*.json"))] if stat.S_IMODE(each.stat().st_mode) & 0o077]
    for each in open_ones:
        yield fail(
            f"{each} can be read by other accounts", f"chmod go= {each}; if others may have read it, enrol the agent again."
        )
    if not open_ones:
        yield ok(f"data folder {path} is private and can be written")
    if (free := shutil.disk_usage(path).free) < ROOM:
        yield warn(f"only {free // 1024 // 1024} MB are free in {path}", "Make room: without it the agent accepts nothing.")


def drivers() -> Iterator[Finding]:
    """Which makes of terminals this agent can drive, and which it could if its driver were not broken."""
    found = finding_drivers.find_drivers()
    if not found.working:
        yield fail("no driver works", "Install doorsync, or the drivers' packages, again.")
    for name in found.working:
        yield ok(f"driver {name}")
    for name, why in found.broken.items():
        yield fail(f"driver {name} is broken: {why}", "Install its package again, or another version of it.")


def bare_address(address: str) -> str:
    """Scheme, host and port of an address, without name and password; http where it has no scheme."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return bare_address(value.get_secret_value()) if value.get_secret_value() else "none"
    return str(value) if value not in ("", []) else "none"

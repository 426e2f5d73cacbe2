"""Environment variables that look like a setting and are none: a misspelt setting must not be ignored in silence."""

from __future__ import annotations

import os
from difflib import get_close_matches

from doorsync.hub.settings.config import PREFIX, Config

MORE = {"DATABASE_URL_FILE", "NO_POOL", "CRASH_AT"}
OTHERS = ("AGENT_", "TEST_")  # an agent's and the tests' may stand beside them


def unknown_settings() -> list[str]:
    """A sentence for each."""
    known = {name.upper() for name in Config.model_fields} | MORE
    found = sorted(name for name in os.environ if name.upper().startswith(PREFIX))
    short = {name: name.upper().removeprefix(PREFIX) for name in found}
    return [_sentence(name, short[name], known) for name in found if not _fits(short[name], known)]


def _fits(name: str, known: set[str]) -> bool:
    return name in known or name.startswith(OTHERS)


def _sentence(name: str, short: str, known: set[str]) -> str:
    near = get_close_matches(short, sorted(known - {"NO_POOL", "CRASH_AT"}), 1)
    return f"{name} is not a setting. " + (f"Did you mean {PREFIX}{near[0]}?" if near else "Perhaps its name is misspelt.")

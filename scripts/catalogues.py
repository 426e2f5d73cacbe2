"""Compiles the translations: from `django.po`, which people edit, to `django.mo`, which Django reads and git does not keep.

The build hook runs it for a wheel and for an editable install, `make` and the tests whenever a catalogue has changed. It is
pure Python, so nobody needs GNU gettext to install or run Doorsync.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/doorsync/hub/locale")


class Catalogues(BuildHookInterface):  # type: ignore[type-arg]  # its builder's settings are not ours to say
    """What hatch calls before it puts a wheel together, an editable one too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's signature
        """Compile what has changed."""
        compile_changed(Path(self.root))


def compile_changed(root: Path) -> list[Path]:
    """Write each `django.mo` that is missing or older than its `django.po`, and say which. Processes may do this at once."""
    stale = [path for path in sorted((root / LOCALE).glob("*/LC_MESSAGES/django.po")) if _is_stale(path)]
    for path in stale:
        own = path.with_suffix(f".{os.getpid()}.mo")
        polib.pofile(str(path)).save_as_mofile(str(own))
        own.replace(path.with_suffix(".mo"))
    return stale


def _is_stale(catalogue: Path) -> bool:
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns


if __name__ == "__main__":
    compile_changed(Path(__file__).parents[1])

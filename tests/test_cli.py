"""The command line where some of its libraries are not installed, as on an agent's machine."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("missing", "words"), [("psycopg", ["hub", "check"]), ("django", ["company", "list"]), ("httpx2", ["agent", "doctor"])]
)
def test_library_that_is_missing_is_said_with_what_to_install(missing: str, words: list[str]) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None; from doorsync.cli import main; sys.argv = ['doorsync', *{words!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"requirements/{'agent' if words[0] == 'agent' else 'hub'}.txt" in done.stderr

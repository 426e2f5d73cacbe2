"""Puts known mistakes into a copy of the code, one at a time, and looks whether the tests that guard that place notice.

The mistakes stand in `mutants.toml` beside this file. *killed*: a test turned red. *survived*: none did, so one is missing.
*gone*: the code that a mistake would change is no longer there, so the mistake has to be written anew, or dropped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_suffix(".toml")
LONGEST = 900.0  # seconds; a mistake that hangs the tests is noticed too
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__", "var")
OK, RED = 0, 1  # how pytest ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mistake: in `file`, `before` becomes `after`. It must stand there just once."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where the file is, below the root."""
        return self.file if self.file.startswith("scripts/") else f"src/doorsync/{self.file}"

    def changed(self, text: str) -> str | None:
        """The file's text with the mistake in it; None when there is no place for it."""
        return text.replace(self.before, self.after) if text.count(self.before) == 1 else None


def load(path: Path) -> list[Mutant]:
    """The mistakes of a list, in its order."""
    rows = tomllib.loads(path.read_text())["mutant"]
    return [Mutant(**{**row, "tests": tuple(f"tests/{name}" for name in row["tests"])}) for row in rows]


def outcome(mutant: Mutant, copy: Path) -> str:
    """Killed, survived or gone; or broken, when the tests could not run at all."""
    path = copy / mutant.path
    original = path.read_text() if path.exists() else ""
    if (changed := mutant.changed(original)) is None:
        return "gone"
    path.write_text(changed)
    try:
        ended = run_tests(copy, mutant.tests)
    finally:
        path.write_text(original)
    return {OK: "survived", RED: "killed"}.get(ended, "broken")


def run_tests(copy: Path, tests: Sequence[str], *, aloud: bool = False) -> int:
    """How pytest ends with these files in this copy; as red when it takes too long."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=short" if aloud else "--tb=no", *tests]
    said = None if aloud else subprocess.DEVNULL
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_", "PYTEST_"))}
    environment = {**kept, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(  # noqa: S603 - the tests of this tree
        command, cwd=copy, env=environment, stdout=said, stderr=said, start_new_session=True
    ) as process:
        try:
            return process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return RED


@contextmanager
def copies(number: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the tree, to be taken and given back."""
    ready: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="doorsync-mutants-") as folder:
        for each in range(number):
            ready.put(Path(shutil.copytree(ROOT, Path(folder) / str(each), ignore=LEFT_OUT, symlinks=True)))
        yield ready


def main(words: Sequence[str] | None = None) -> int:
    """Try each mistake whose name or file contains one of the words; 1 when one survived or has gone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only mistakes whose name or file contains one of these")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(words)
    chosen = [one for one in load(LIST) if not given.words or any(word in f"{one.name} {one.path}" for word in given.words)]
    with copies(given.workers) as ready, ThreadPoolExecutor(given.workers) as pool:
        first = ready.get()
        if run_tests(first, sorted({name for mutant in chosen for name in mutant.tests}), aloud=True) != OK:
            sys.exit("The tests are red without any mistake. Mend them first.")
        ready.put(first)

        def attempt(mutant: Mutant) -> str:
            copy = ready.get()
            found = outcome(mutant, copy)
            ready.put(copy)
            print(f"{found:9}{mutant.name}  ({mutant.file})", flush=True)
            return found

        counts = Counter(pool.map(attempt, chosen))
    print(", ".join(f"{number} {what}" for what, number in sorted(counts.items())), f"of {len(chosen)}")
    return 0 if counts["killed"] == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())

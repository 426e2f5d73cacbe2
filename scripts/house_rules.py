"""Checks what no linter knows: pins without registry addresses, no machine's paths in words and code, no module too long."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 300  # lines of a module
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/bash\w*)/")
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url")
WORDS = {".md", ".py", ".toml", ".html", ".css", ".js", ".yaml", ".yml", ".txt", ".csv"}


def main(root: Path) -> int:
    """Print each breach with its place; 1 when there is one."""
    names = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()  # noqa: S607 - git of the user's path
    faults = [fault for name in names if (root / name).is_file() for fault in _faults(root, name)]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _faults(root: Path, name: str) -> Iterator[str]:
    if Path(name).suffix not in WORDS:
        return
    lines = (root / name).read_text(errors="replace").splitlines()
    if re.fullmatch(r"src/.*\.py", name) and "/migrations/" not in name and len(lines) > LONGEST:
        yield f"{name}: {len(lines)} lines; split it, {LONGEST} is the most"
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line) and name != "scripts/house_rules.py":
            yield f"{name}:{number}: names a path of one machine"
        if name.startswith("requirements/") and ADDRESS.search(line):
            yield f"{name}:{number}: names a registry address"


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))

"""Prints which tests show which requirement, and fails when one that is due has none. Reads the sources; runs nothing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

Found = dict[str, list[str]]
Parents = dict[ast.AST, ast.AST]


def main(root: Path) -> int:
    """Print the table and what is wrong; 1 when anything is."""
    known = tomllib.loads((root / "tests/requirements.toml").read_text())
    found, faults = collect(root)
    for number in sorted(set(found) - set(known)):
        faults.append(f"{', '.join(found[number])}: {number} is no requirement")
    for number, entry in known.items():
        places = found.get(number, [])
        note = "" if places else "MISSING" if entry.get("due") else f"later: {entry['reason']}"
        print(f"{number}  {entry['title']}{'  ' + note if note else ''}")
        for place in places:
            print(f"        {place}")
        if note == "MISSING":
            faults.append(f"{number} is due and has no test or benchmark")
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def collect(root: Path) -> tuple[Found, list[str]]:
    """Number -> the tests, benchmarks and scripts that name it, and the marks that cannot count."""
    found: Found = defaultdict(list)
    faults: list[str] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        _read_marks(path, path.relative_to(root).as_posix(), found, faults)
    for path in sorted([*(root / "bench").rglob("*.py"), *(root / "scripts").glob("*.py")]):
        for number in re.findall(r"^# requirement: ([A-Z]-\d\d)", path.read_text(), flags=re.MULTILINE):
            found[number].append(path.relative_to(root).as_posix())
    return found, faults


def _read_marks(path: Path, name: str, found: Found, faults: list[str]) -> None:
    tree = ast.parse(path.read_text(), filename=name)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_mark(node)):
        place = f"{name}:{call.lineno}"
        numbers = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if len(numbers) != 1 or not _mutation(call):
            faults.append(f"{place}: a requirement mark needs one number and mutation='what was seen to turn it red'")
            continue
        tests = list(_tests_of(call, parents))
        if not tests:
            faults.append(f"{place}: this requirement mark is on no test")
        found[numbers[0]].extend(f"{name}::{test}" for test in tests)


def _is_mark(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "pytest.mark.requirement"


def _mutation(call: ast.Call) -> bool:
    given = [word.value for word in call.keywords if word.arg == "mutation"]
    return bool(given) and not (isinstance(given[0], ast.Constant) and not given[0].value)


def _tests_of(call: ast.Call, parents: Parents) -> Iterator[str]:
    """The test under the mark; all tests of the class or of the module (`pytestmark`) when it is on those."""
    owner: ast.AST = call
    while owner in parents and not isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        owner = parents[owner]
    if isinstance(owner, ast.ClassDef | ast.Module):
        inside = [node for node in ast.walk(owner) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        yield from (node.name for node in inside if node.name.startswith("test_"))
    elif isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef) and owner.name.startswith("test_"):
        yield owner.name


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))

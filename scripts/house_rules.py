"""Checks what no linter knows: pins without registry addresses, no machine's paths, no module too long, no library unused.

Counts the modules with logic that have no test of their own too; `--untested` lists them.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

SOURCE = Path("src/doorsync")
GLOSSARY = Path("docs/reference/glossary.md")
DECISIONS = Path("docs/decisions")
GUIDES = ("docs/explanation/architecture.md", "CONTRIBUTING.md")  # which lead a reader through the tree by the names of files
LONGEST = 300  # lines of a module
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/bash\w*)/")
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url")
IMPORTED_AS = {"grpcio": "grpc", "protobuf": "google.protobuf", "pyyaml": "yaml"}
USED_BY_OTHERS = {"argon2-cffi": "Django's password hasher", "tzdata": "zoneinfo", "uvloop": "uvicorn"}
WORDS = {".md", ".py", ".toml", ".html", ".css", ".js", ".yaml", ".yml", ".txt", ".csv"}


def main(root: Path, options: Sequence[str] = ()) -> int:
    """Print each breach with its place; 1 when there is one."""
    names = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()  # noqa: S607 - git of the user's path
    faults = [fault for name in names if (root / name).is_file() for fault in _faults(root, name)]
    faults += retired_names(root)
    faults += unlisted_decisions(root)
    faults += missing_files(root, names)
    faults += [f"pyproject.toml: nothing imports {name}; drop it" for name in unused_dependencies(root)]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    _tell_untested(root, list_all="--untested" in options)
    return 1 if faults else 0


def unused_dependencies(root: Path) -> list[str]:
    """The dependencies of the product that no module imports or names, as settings do."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    names = {re.split(r"[\[<>=]", each)[0] for each in wanted} - USED_BY_OTHERS.keys()
    code = "\n".join(path.read_text() for path in (root / SOURCE).rglob("*.py"))
    return sorted(name for name in names if not re.search(rf"\b{IMPORTED_AS.get(name, name.replace('-', '_'))}[._ ]", code))


def unlisted_decisions(root: Path) -> list[str]:
    """The decision pages that nobody finds, because the list of them leaves them out."""
    listed = (root / DECISIONS / "README.md").read_text() if (root / DECISIONS).is_dir() else ""
    pages = sorted(path.name for path in (root / DECISIONS).glob("*.md") if path.name != "README.md")
    return [f"{DECISIONS}/{name} is not listed in its README.md" for name in pages if f"({name})" not in listed]


def missing_files(root: Path, names: Sequence[str]) -> list[str]:
    """The files and folders that a guide names in code type, whole or by their end, and that are not among these names."""
    known = "".join(f"/{name}\n" for name in names)
    faults = []
    for guide in (each for each in GUIDES if (root / each).is_file()):
        said = re.findall(r"`([\w.-]+(?:/[\w.-]+)*(?:/|\.py|\.toml|\.html|\.yaml))`", (root / guide).read_text())
        gone = [name for name in sorted(set(said)) if f"/{name}" not in known]
        faults += [f"{guide} names {name}, which is not there" for name in gone]
    return faults


def retired_names(root: Path) -> list[str]:
    """Modules, classes, functions and methods of the product with a name that the glossary says the code no longer has."""
    if not (root / GLOSSARY).is_file():
        return []
    rows = re.findall(
        r"^\| (`[^|]+) \|", (root / GLOSSARY).read_text().partition("## Names that the code no longer has")[2], re.MULTILINE
    )
    retired = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    faults = []
    for path in sorted((root / SOURCE).rglob("*.py")):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        names = {path.stem, *(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds))}
        faults += [f"{path.relative_to(root)}: {name} is a retired name; see {GLOSSARY}" for name in sorted(names & retired)]
    return faults


def has_logic(source: str) -> bool:
    """Whether a function or method does more than one thing: one that only passes something on cannot be wrong by itself."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(sum(_does_something(each, function.name) for each in function.body) > 1 for function in functions)


def _does_something(statement: ast.stmt, function: str) -> bool:
    """Not an import or docstring; nor what keeps a parameter in `__init__`, as errors do, or registers in `ready`, as apps do."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return False
    if isinstance(statement, ast.Expr):
        registers = function == "ready" and isinstance(statement.value, ast.Call)
        return not registers and not isinstance(statement.value, ast.Constant)
    keeps = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name | ast.Constant)
    return not (function == "__init__" and keeps)


def mirrored_test(module: str) -> str:
    """Where the test of a module of the product stands: src/doorsync/a/b.py has tests/a/test_b.py."""
    path = Path(module).relative_to(SOURCE)
    return str(Path("tests") / path.with_name(f"test_{path.name}"))


def untested(root: Path) -> tuple[list[str], int]:
    """The modules with logic that have no test of their own, and how many modules have logic."""
    modules = [
        path for path in sorted((root / SOURCE).rglob("*.py")) if path.name != "__init__.py" and "migrations" not in path.parts
    ]
    with_logic = [str(path.relative_to(root)) for path in modules if has_logic(path.read_text())]
    return [module for module in with_logic if not (root / mirrored_test(module)).is_file()], len(with_logic)


def _tell_untested(root: Path, *, list_all: bool) -> None:
    """No error yet: there are too many. Those that another test imports are told apart; that says not how well it tests them."""
    missing, all_of_them = untested(root)
    imported = imported_by_tests(root)
    elsewhere = [module for module in missing if module in imported]
    print(
        f"{len(missing)} of {all_of_them} modules with logic have no test of their own, {len(elsewhere)} of these are imported "
        "by a test of another name (scripts/house_rules.py --untested)"
    )
    for module in missing if list_all else ():
        print(f"  {module} has no {mirrored_test(module)}{', but is imported by another test' if module in imported else ''}")


def imported_by_tests(root: Path) -> set[str]:
    """The modules of the product, as paths, from which a test imports something."""
    names = set()
    for path in (root / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return {f"src/{name.replace('.', '/')}.py" for name in names}


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
    sys.exit(main(Path(__file__).resolve().parent.parent, sys.argv[1:]))

"""What the house rules find that no linter knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import house_rules

LOGIC = 'def twice(number):\n    """Docstring."""\n    if number:\n        number *= 2\n    return number\n'
PLAIN = (
    'class Gone(Exception):\n    """Docstring."""\n\n    def __str__(self):\n        """Docstring."""\n        return "gone"\n'
)
PROJECT = '[project]\ndependencies = ["my-lib>=1", "tzdata"]\n[project.optional-dependencies]\nhub = ["pyyaml[fast]>=6"]\n'
IMPORTS = "import yaml.reader\nfrom my_lib import each\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two modules with logic, one of them tested, and what needs no test."""
    for name, text in {
        "pyproject.toml": PROJECT,
        "src/doorsync/rules.py": LOGIC,
        "src/doorsync/room/walls.py": LOGIC,
        "src/doorsync/room/errors.py": PLAIN,
        "src/doorsync/room/__init__.py": IMPORTS + LOGIC,
        "src/doorsync/room/migrations/0001_initial.py": LOGIC,
        "tests/test_rules.py": "",
        "tests/test_walls.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for words in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


KEEPS = """
class Refused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
"""
KEEPS_MORE = f"{KEEPS}        self.seconds = reason.seconds or 1\n"
REGISTERS = """
class RoomConfig(AppConfig):
    def ready(self) -> None:
        \"\"\"Connect them.\"\"\"
        from room import handlers
        changed.connect(handlers.on_change)
        removed.connect(handlers.on_remove)
"""
DECIDES = f"{REGISTERS}        if handlers.late:\n            handlers.start()\n        handlers.late = False\n"


@pytest.mark.parametrize(
    ("source", "logic"),
    [(KEEPS, False), (KEEPS_MORE, True), (REGISTERS, False), (REGISTERS.replace("ready", "start"), True), (DECIDES, True)],
)
def test_to_keep_a_parameter_or_to_register_is_no_logic(source: str, logic: bool) -> None:
    assert house_rules.has_logic(source) is logic


@pytest.mark.parametrize(("source", "logic"), [(LOGIC, True), (PLAIN, False), (f"async {LOGIC}", True), ("LIMIT = 5\n", False)])
def test_logic_is_a_function_that_does_more_than_one_thing(source: str, logic: bool) -> None:
    assert house_rules.has_logic(source) is logic


def test_untested_are_modules_with_logic_whose_test_stands_elsewhere(tree: Path) -> None:
    assert house_rules.untested(tree) == (["src/doorsync/room/walls.py"], 2)


def test_untested_modules_are_counted_and_listed_when_asked(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert house_rules.main(tree) == 0
    assert capsys.readouterr().out.startswith("1 of 2 modules with logic have no test of their own")
    assert house_rules.main(tree, ["--untested"]) == 0
    assert "src/doorsync/room/walls.py has no tests/room/test_walls.py" in capsys.readouterr().out


def test_file_that_a_guide_names_is_there(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = tree / "CONTRIBUTING.md"
    guide.write_text("See `room/walls.py`, `walls.py`, `src/doorsync/room/`, `rules.py` and `pytest -q`.")
    assert house_rules.main(tree) == 0
    guide.write_text("See `room/rules.py` and `alls.py`.")
    assert house_rules.main(tree) == 1
    told = capsys.readouterr().err
    assert "CONTRIBUTING.md names room/rules.py, which is not there" in told
    assert "CONTRIBUTING.md names alls.py, which is not there" in told


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("src/doorsync/long.py", "\n" * 301, "src/doorsync/long.py: 301 lines"),
        ("docs/page.md", "see /" + "work/page", "docs/page.md:1: names a path of one machine"),
        ("requirements/run.txt", "--index-url x", "requirements/run.txt:1: names a registry address"),
    ],
)
def test_breach_is_told_with_its_place(tree: Path, name: str, text: str, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text(text)
    subprocess.run(["git", "add", "--all"], cwd=tree, check=True)
    assert house_rules.main(tree) == 1
    assert capsys.readouterr().err.startswith(f"error: {fault}")


def test_dependency_that_nothing_imports_is_told(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert house_rules.unused_dependencies(tree) == []
    (tree / "src/doorsync/room/__init__.py").write_text("import yaml.reader\n")
    assert house_rules.main(tree) == 1
    assert "nothing imports my-lib" in capsys.readouterr().err


def test_a_decision_that_the_list_leaves_out_is_told(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tree / "docs/decisions"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("- [Codes](reasons-are-codes.md)\n")
    for name in ("reasons-are-codes.md", "users-are-patched.md"):
        (folder / name).write_text("# A decision\n")
    assert house_rules.unlisted_decisions(tree) == ["docs/decisions/users-are-patched.md is not listed in its README.md"]
    assert house_rules.main(tree) == 1


def test_a_module_that_another_test_imports_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "tests/a").mkdir(parents=True)
    (tmp_path / "tests/a/test_more.py").write_text("from doorsync.a import b\nfrom doorsync.a.c import d\nimport doorsync.a.e\n")
    assert {"src/doorsync/a/b.py", "src/doorsync/a/c.py"} <= house_rules.imported_by_tests(tmp_path)
    assert "src/doorsync/a/e.py" not in house_rules.imported_by_tests(tmp_path)

"""The tool that puts mistakes into the code: what it calls killed, survived and gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import mutants
from scripts.mutants import Mutant

CODE = "def larger(a, b):\n    return a if a > b else b\n\n\ndef unused(a):\n    return a > 0\n"
TEST = "from doorsync.rules import larger\n\n\ndef test_larger():\n    assert larger(2, 1) == 2\n"


def mutant(before: str, after: str) -> Mutant:
    return Mutant(name="mistake", file="rules.py", before=before, after=after, tests=("tests",))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (("src/doorsync/rules.py", CODE), ("tests/test_rules.py", TEST), ("src/doorsync/__init__.py", "")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("mistake", "found"),
    [
        (mutant("a > b", "a < b"), "killed"),
        (mutant("a > 0", "a < 0"), "survived"),
        (mutant("a >= b", "a <= b"), "gone"),
        (mutant("return a", "return None"), "gone"),
        (mutant("return a if", "return a if if"), "broken"),
    ],
)
def test_outcome_is_what_the_tests_say_and_the_copy_is_as_before(tree: Path, mistake: Mutant, found: str) -> None:
    assert mutants.outcome(mistake, tree) == found
    assert (tree / "src/doorsync/rules.py").read_text() == CODE


def test_list_names_only_files_that_are_there() -> None:
    for one in mutants.load(mutants.LIST):
        for name in (one.path, *one.tests):
            assert (mutants.ROOT / name).exists(), f"{one.name}: {name}"


def test_names_of_mistakes_differ() -> None:
    names = [one.name for one in mutants.load(mutants.LIST)]
    assert len(names) == len(set(names))

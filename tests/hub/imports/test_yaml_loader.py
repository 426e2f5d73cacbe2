"""YAML as it stands in the file: every value a text, every place with its line, and nothing repeated that could be a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorsync.hub.imports.yaml_loader import Document, read_yaml
from doorsync.hub.users.files.file_faults import FileFaults


def read(folder: Path, content: str) -> Document:
    file = folder / "company.yaml"
    file.write_text(content)
    return read_yaml(file)


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ("pin: 0123\n", {"pin": "0123"}),
        ("a: yes\nb: 1e3\nc: 2026-11-27\nd: 0x1F\n", {"a": "yes", "b": "1e3", "c": "2026-11-27", "d": "0x1F"}),
        ("a: ~\nb:\nc: ''\n", {"a": None, "b": None, "c": ""}),
        ("- x\n- [1, {k: v}]\n", ["x", ["1", {"k": "v"}]]),
    ],
)
def test_every_value_is_a_text(tmp_path: Path, content: str, data: Any) -> None:
    assert read(tmp_path, content).data == data


def test_a_place_is_told_by_its_line_or_that_around_it(tmp_path: Path) -> None:
    document = read(tmp_path, "name: Gym\nusers:\n  - id: a\n    pin: 0123\n")
    assert document.fault(("users", 0, "pin"), "No.").line == 4
    assert document.fault(("users", 0, "cards", 3), "No.").line == 3
    assert document.fault(("elsewhere",), "No.").line == 1


@pytest.mark.requirement("T-01", mutation="YAML's own message is told: it quotes the line with the PIN")
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: &x [s3cret4711]\nb: *x\n", 2),
        ("a: 1\na: s3cret4711\n", 2),
        ("a: 1\n4711: 2\n4711: 3\n", 3),
        ("a: 's3cret4711\n", 2),
        ("a: [s3cret4711\nb: 2\n", 2),
        ("? [s3cret4711]\n: 1\n", 1),
        ("[" * 11 + "]" * 11, 1),
        ('a: "\\U0FFFFFFF s3cret4711"\n', 1),
        ("a: 1\nb: s3cret4711\x85\n", 2),
        ("", 1),
    ],
)
def test_what_is_not_taken_is_told_with_its_line_only(tmp_path: Path, content: str, line: int) -> None:
    with pytest.raises(FileFaults) as caught:
        read(tmp_path, content)
    assert caught.value.faults[0].line == line
    assert "4711" not in str(caught.value)


def test_a_small_file_does_not_grow_without_end(tmp_path: Path) -> None:
    bombs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(FileFaults, match="write that out"):
        read(tmp_path, bombs)

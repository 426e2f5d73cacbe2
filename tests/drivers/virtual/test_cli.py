from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.drivers.virtual import faults
from doorsync.drivers.virtual.cli import app
from doorsync.drivers.virtual.faults import Faults


def invoke(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_fault_tells_and_clears(tmp_path: Path) -> None:
    code, said = invoke("fault", tmp_path, "gone=true", "delay=0.5", "lie=drop")
    assert code == 0
    assert "gone=True" in said
    assert faults.read(tmp_path) == Faults(gone=True, delay=0.5, lie="drop")
    assert invoke("fault", tmp_path, "--clear", "full=true")[0] == 0
    assert faults.read(tmp_path) == Faults(full=True)


@pytest.mark.parametrize("wrong", ["gone", "gone=perhaps", "fire=true"])
def test_fault_says_what_is_wrong(tmp_path: Path, wrong: str) -> None:
    code, said = invoke("fault", tmp_path, wrong)
    assert code == 1
    assert wrong.split("=", maxsplit=1)[0] in said


def test_fault_of_a_terminal_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    code, said = invoke("fault", tmp_path / "nowhere", "gone=true")
    assert (code, "no terminal" in said) == (1, True)


@pytest.mark.parametrize(("arguments", "words"), [(["--can", "wings=2"], "wings"), (["--can", "wings"], "NAME=VALUE")])
def test_run_says_what_is_wrong(tmp_path: Path, arguments: list[str], words: str) -> None:
    code, said = invoke("run", tmp_path / "gate", *arguments)
    assert code == 1
    assert words in said


def test_run_in_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = invoke("run", tmp_path / "file" / "gate")
    assert (code, "Cannot use the folder" in said) == (1, True)

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.domain.record import Kind
from doorsync.drivers.virtual import faults, serial_number
from doorsync.drivers.virtual.cli import app
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.drivers.virtual.faults import Faults
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, virtual_terminal


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


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[VirtualTerminal]:
    with virtual_terminal(tmp_path / "gate") as terminal:
        yield terminal


def test_enrol_writes_a_person_behind_everybodys_back(gate: VirtualTerminal) -> None:
    assert invoke("enrol", gate.folder, "17", "Fire brigade", "--card", "999112")[0] == 0
    assert invoke("enrol", gate.folder, "9001", "Caretaker", "--own")[0] == 0
    with VirtualDriver().open(gate.settings, timeout=PATIENCE) as session:
        assert session.about().users == 2
        assert {each.record.fields["name"]: each.own for each in session.read_all(Kind.USER)} == {
            "Fire brigade": False,
            "Caretaker": True,
        }


def test_enrol_of_what_the_terminal_cannot_hold_is_said_so(gate: VirtualTerminal) -> None:
    code, said = invoke("enrol", gate.folder, "17", "Fire brigade", "--card", "many")
    assert (code, "malformed" in said) == (1, True)
    assert invoke("enrol", gate.folder / "nowhere", "17", "Fire brigade")[0] == 1


def test_empty_forgets_all_and_another_device_has_another_serial_number(gate: VirtualTerminal) -> None:
    gate.enrol("9001", "Caretaker", own=True)
    before = gate.serial
    assert invoke("empty", gate.folder)[0] == 0
    assert (gate.users(), gate.serial) == ({}, before)
    assert invoke("empty", gate.folder, "--replaced")[0] == 0
    assert gate.serial not in ("", before)


def test_swap_exchanges_addresses_and_never_while_one_runs(gate: VirtualTerminal, tmp_path: Path) -> None:
    with virtual_terminal(tmp_path / "office") as office:
        assert invoke("swap", gate.folder, office.folder)[0] == 1
        gate.stop()
        office.stop()
        before = {gate.serial: gate.address, office.serial: office.address}
        assert invoke("swap", gate.folder, office.folder)[0] == 0
        gate.start()
        office.start()
        for terminal in (gate, office):
            with VirtualDriver().open(terminal.settings, timeout=PATIENCE) as session:
                assert session.about().serial == terminal.serial
        assert {gate.serial: office.address, office.serial: gate.address} == before


def test_run_gives_the_serial_number_that_it_is_told(tmp_path: Path) -> None:
    serial_number.settle(tmp_path, "GATE-1")
    code, said = invoke("run", tmp_path, "--serial", "GATE-2")
    assert (code, "GATE-1" in said) == (1, True)
    assert invoke("run", tmp_path / "odd", "--serial", "a serial number")[0] == 1


def test_show_says_whether_the_door_opens(gate: VirtualTerminal) -> None:
    gate.enrol("7", "Alice", "200")
    assert invoke("show", gate.folder, "--card", "201") == (0, "The door stays shut: unknown.\n")
    assert invoke("show", gate.folder, "--card", "200") == (0, "The door stays shut: no-hours.\n")
    code, said = invoke("show", gate.folder)
    assert (code, "Show a card" in said) == (1, True)

"""The table of requirements: what counts as a test of one, and what is told off."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import requirements

KNOWN = """
[M-01]
title = "First"
due = true
[M-02]
title = "Second"
reason = "not yet"
"""


def project(folder: Path, test: str, bench: str = "") -> Path:
    (folder / "tests").mkdir()
    (folder / "bench").mkdir()
    (folder / "tests/requirements.toml").write_text(KNOWN)
    (folder / "tests/test_things.py").write_text(f"import pytest\n{test}")
    (folder / "bench/speed.py").write_text(bench)
    return folder


@pytest.mark.parametrize(
    "test",
    [
        "@pytest.mark.requirement('M-01', mutation='x')\ndef test_it(): ...",
        "@pytest.mark.requirement('M-01', mutation='x')\nclass TestIt:\n  def test_it(self): ...",
        "pytestmark = [pytest.mark.requirement('M-01', mutation='x')]\nasync def test_it(): ...",
    ],
)
def test_requirements_finds_a_mark_on_test_class_and_module(tmp_path: Path, test: str) -> None:
    assert requirements.main(project(tmp_path, test)) == 0


def test_requirements_finds_a_benchmark(tmp_path: Path) -> None:
    assert requirements.main(project(tmp_path, "", bench="# requirement: M-01\n")) == 0


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("def test_it(): ...", "M-01 is due"),
        ("@pytest.mark.requirement('M-01')\ndef test_it(): ...", "mutation="),
        ("@pytest.mark.requirement('M-01', mutation='x')\ndef helper(): ...", "on no test"),
        ("@pytest.mark.requirement('Q-99', mutation='x')\ndef test_it(): ...", "Q-99 is no requirement"),
    ],
)
def test_requirements_tells_off_what_does_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], test: str, said: str
) -> None:
    assert requirements.main(project(tmp_path, test)) == 1
    assert said in capsys.readouterr().err

"""`doorsync verify` says for each door what is shown, and ends with 0 only when the person is out of all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorsync.verify import app
from tests.messages.test_revocation_file import KEYS, OTHERS, receipt


def verify(file: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(file), *options])
    return done.exit_code, done.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "receipt.json"
    made.write_text(json.dumps(receipt()))
    return made


def test_the_key_is_shown_where_none_is_named(file: Path) -> None:
    code, text = verify(file)
    assert (code, KEYS.public.fingerprint() in text) == (0, True)
    assert "OUT  Gate (S1): read back as out at 2026-06-10T12:00:00+00:00" in text


def test_a_key_may_be_typed_as_people_type(file: Path) -> None:
    assert verify(file, "--key", KEYS.public.fingerprint().lower().replace("-", " "))[0] == 0
    code, text = verify(file, "--key", OTHERS.public.fingerprint())
    assert (code, "not among those given" in text) == (1, True)
    assert verify(file, "--key", "short")[0] == 2


def test_a_door_that_still_has_them_is_named(file: Path) -> None:
    file.write_text(json.dumps(receipt(waiting=["Pool"])))
    code, text = verify(file)
    assert (code, "NOT OUT  Pool" in text) == (1, True)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}"])
def test_another_file_is_refused_in_a_sentence(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    code, text = verify(file)
    assert (code, "no revocation receipt" in text) == (2, True)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    code, text = verify(tmp_path / "none.json")
    assert (code, "No such file" in text) == (2, True)

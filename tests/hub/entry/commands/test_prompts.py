"""Secrets on standard input, however a shell or a service hands it over."""

from __future__ import annotations

import io

import pytest
import typer

from doorsync.hub.entry.commands.prompts import Asked, at_keyboard


def hand_over(monkeypatch: pytest.MonkeyPatch, data: bytes, errors: str = "strict") -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors))


@pytest.mark.parametrize("data", [b"pass w\xc3\xb6rd \r\n", b"\xef\xbb\xbfpass w\xc3\xb6rd \n", b"pass w\xc3\xb6rd "])
def test_password_is_the_line_as_it_was_typed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    hand_over(monkeypatch, data)

    assert Asked(password_stdin=True).password("anna") == "pass w\u00f6rd "


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])  # as Python reads it in a UTF-8 locale, and in none
def test_password_that_is_no_utf_8_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], errors: str
) -> None:
    hand_over(monkeypatch, b"sesam\xff1234\n", errors)

    with pytest.raises(typer.Exit):
        Asked(password_stdin=True).password("anna")

    said = capsys.readouterr().err
    assert said == "New password of anna: its line on standard input is not UTF-8.\n"


def test_closed_standard_input_is_nobody_at_a_keyboard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert not at_keyboard()
    for asked in (Asked(), Asked(code_stdin=True)):
        with pytest.raises(typer.Exit):
            asked.code("Gym")
    assert [line.split(")")[0] for line in capsys.readouterr().err.splitlines()] == ["Security code of Gym (32 characters"] * 2

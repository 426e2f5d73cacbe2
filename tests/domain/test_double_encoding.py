# ruff: noqa: RUF001  # look-alike letters are what is tried here
"""Texts that were encoded twice are told from names that only look so."""

from __future__ import annotations

import pytest

from doorsync.domain.double_encoding import encoded_once

NAMES = [
    "Müller", "José", "Zoë", "João", "Özdemir", "Óscar", "KÖNIG", "MÜLLER", "Martín", "à Campo", "Łukasz", "Şahin", "Ștefan",
    "Nguyễn", "Παπαδόπουλος", "Иван Петров", "張偉", "Straße", "Ågren", "Škoda",
]  # fmt: skip


def doubled(text: str, encoding: str) -> str:
    """As a program shows UTF-8 that it takes for this encoding; it reads bytes that the encoding lacks as control characters."""
    return "".join(
        bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode()
    )  # fmt: skip


@pytest.mark.requirement("D-04", mutation="names that were encoded twice taken without a word")
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("name", NAMES)
def test_name_that_was_encoded_twice_is_found(name: str, encoding: str) -> None:
    assert encoded_once(doubled(name, encoding)) == name


@pytest.mark.parametrize("name", ["Анна", "Иван", "Дмитрий", "Müller", "José"])
def test_name_that_was_read_as_cyrillic_is_found(name: str) -> None:
    assert encoded_once(doubled(name, "cp1251")) == name


def test_name_that_was_encoded_three_times_is_found() -> None:
    assert encoded_once(doubled(doubled("Müller", "cp1252"), "cp1252")) == "Müller"


@pytest.mark.parametrize(
    "name",
    [
        *NAMES, "", "Mueller", "Ã", "Guimarães", "GUIMARÃES", "ROMÃ", "Romã – Silva", "IRMÃ’S", "ZOÉ’S BAR", "«CAFÉ»", "OLÅ’S",
        "SKÅ–ÖST", "Â°C", "20 °C", "NIÑO’S", "Рівне", "СІ", "РЄ", "Сергій", "D’Été", "Â", "É»",
    ],
)  # fmt: skip
def test_other_name_is_left_in_peace(name: str) -> None:
    assert encoded_once(name) == ""

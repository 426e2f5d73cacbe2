"""Texts that were encoded twice: UTF-8 that a program read as Windows-1252, Latin-1 or Windows-1251, as MÃ¼ller for Müller.

Only what is certain counts: nobody's name is called wrong because it has an Ã in it.
"""

from __future__ import annotations

from doorsync.domain.text import bad_character

ENCODINGS = ("cp1252", "cp1251")
PUNCTUATION = frozenset("\u2019\u201c\u201d\u2013\u2014\u2026\xbb")  # may follow a name in capitals that ends in Ã, Ä, Å or È
USUAL = frozenset("ÖÓ")  # encoded twice: Ã and a dash or a quotation mark; seen far more often than a name before one


def encoded_once(text: str) -> str:
    """What the text was before it was encoded a second time; empty where that is not certain."""
    if text.isascii():
        return ""
    for encoding in ENCODINGS:
        once = _decoded(text, encoding)
        if once and not bad_character(once) and _is_certain(text, once, encoding):
            return encoded_once(once) or once
    return ""


def _decoded(text: str, encoding: str) -> str:
    try:
        return b"".join(_byte(each, encoding) for each in text).decode()
    except UnicodeError:
        return ""


def _byte(character: str, encoding: str) -> bytes:
    """Programs read a byte that these encodings leave out as the control character of its number."""
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        if "\x80" <= character <= "\x9f":
            return character.encode("latin-1")
        raise


def _is_certain(text: str, once: str, encoding: str) -> bool:
    letters = [(before, each) for before, each in zip(" " + once, once, strict=False) if not each.isascii() and each.isalpha()]
    if encoding == "cp1251":
        if all("\u0400" <= each <= "\u045f" for _, each in letters):
            return len(letters) > 2
        return any(each.isascii() and each.isalpha() for each in text) and all(
            "\u00c0" <= each <= "\u017f" for _, each in letters
        )
    others = sum("\u0370" <= each <= "\u045f" for _, each in letters)  # Greek and Cyrillic: one alone may be chance
    return others > 1 or any(_is_certain_letter(before, each) for before, each in letters)


def _is_certain_letter(before: str, letter: str) -> bool:
    """Whether nobody means its two or three characters of Windows-1252 as they stand there."""
    written = letter.encode().decode("cp1252", "replace")
    if len(written) > 2:
        return "\u1e00" <= letter <= "\u1eff" or not PUNCTUATION.issuperset(written[1:])
    if not ("\u00c0" <= letter <= "\u017f" or letter in "ȘșȚț"):
        return False
    return letter in USUAL or not before.isupper() or written[1] not in PUNCTUATION

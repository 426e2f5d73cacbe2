"""Names and other short texts from outside: the one form in which they are kept and compared, and characters that no name has."""

from __future__ import annotations

import unicodedata

INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")  # hints for breaking lines: they are no part of a name
JOINERS = frozenset("\u200c\u200d\u180e")  # letters of Persian, Indian and Mongolian names depend on them
UNNAMED = {"\x00": "NUL", "\t": "tab", "\n": "line feed", "\x0b": "vertical tab", "\x0c": "form feed", "\r": "carriage return"}
SEPARATORS = {"\x1c": "file separator", "\x1d": "group separator", "\x1e": "record separator", "\x1f": "unit separator"}
LOST = "\ufffd"


def normalized_text(text: str) -> str:
    """The text in Unicode's form NFC, each kind of space as a space, none at its ends, without soft hyphens and their like."""
    if text.isascii():
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in composed).strip(" ")


def bad_character(text: str) -> str:
    """The first character that no name has, as "U+202E (RIGHT-TO-LEFT OVERRIDE)"; empty when there is none."""
    return next((described_character(each) for each in text if not each.isascii() or not each.isprintable() if _is_bad(each)), "")


def is_visible(text: str) -> bool:
    """Whether there is anything but spaces and joiners in it."""
    return any(each != " " and each not in JOINERS for each in text)


def described_character(character: str) -> str:
    """A character as "U+000B (vertical tab)", to be shown where it cannot be shown itself."""
    known = {"\x85": "next line", **UNNAMED, **SEPARATORS}
    other = "control character" if unicodedata.category(character) == "Cc" else "no letter"
    name = known.get(character) or unicodedata.name(character, other)
    return f"U+{ord(character):04X} ({name})"


def _is_bad(character: str) -> bool:
    """Control and formatting characters, line and paragraph separators, lone halves, private ones, and the mark of lost letters.

    What this version of Unicode does not know yet may be a letter of a newer one, unless it is never to be a character.
    """
    category = unicodedata.category(character)
    if category == "Cn":
        return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE
    formatting = category == "Cf" and character not in JOINERS and not 0x600 <= ord(character) <= 0x605
    return formatting or category in ("Cc", "Cs", "Co", "Zl", "Zp") or character == LOST

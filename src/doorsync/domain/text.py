"""Names and other short texts from outside: the one form in which they are kept and compared, and characters that no name has."""

from __future__ import annotations

import re
import unicodedata

from doorsync.domain.text_direction import is_allowed, is_balanced, plain_direction

INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")  # hints for breaking lines: they are no part of a name
JOINERS = frozenset("\u200c\u200d\u180e")  # letters of Persian, Indian and Mongolian names depend on them
UNNAMED = {"\x00": "NUL", "\t": "tab", "\n": "line feed", "\x0b": "vertical tab", "\x0c": "form feed", "\r": "carriage return"}
SEPARATORS = {"\x1c": "file separator", "\x1d": "group separator", "\x1e": "record separator", "\x1f": "unit separator"}
BLANK = re.compile(  # what Unicode calls default ignorable, and the empty ones of Braille and of musical notes
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LOST = "\ufffd"


def normalized_text(text: str) -> str:
    """The text in Unicode's form NFC, each kind of space as a space, none at its ends, without soft hyphens and their like.

    Marks of direction stay only where they can change how a text with right-to-left letters is read.
    """
    if text.isascii():
        return text.strip(" ")
    composed = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return plain_direction("".join(" " if unicodedata.category(each) == "Zs" else each for each in composed).strip(" "))


def plain_digits(text: str) -> str:
    """A number without what a copy may have brought along: space at its ends, and marks anywhere that nobody sees."""
    return text if text.isascii() and text.isdigit() else UNSEEN.sub("", text).strip()


def bad_character(text: str) -> str:
    """The first character that no name has, as "U+202E (RIGHT-TO-LEFT OVERRIDE)"; empty when there is none."""
    if text.isascii() and text.isprintable():
        return ""
    balanced = is_balanced(text)
    bad = (each for each in text if _is_bad(each) and not is_allowed(each, balanced=balanced))
    return next(map(described_character, bad), "")


def is_visible(text: str) -> bool:
    """Whether there is anything in it that can be seen: fillers, joiners, marks of direction and selectors of variants cannot."""
    return any(each != " " and not BLANK.match(each) for each in text)


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

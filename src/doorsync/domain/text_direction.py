"""Invisible characters that say in which direction a text is read: which of them a name keeps, and which disguise it."""

from __future__ import annotations

import re
import unicodedata

MARKS = "\u200e\u200f\u061c"  # left-to-right, right-to-left, and Arabic letter mark
OPENING = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
CLOSING = frozenset(OPENING.values())
DIRECTIONAL = re.compile(f"[{MARKS}{''.join(OPENING)}{''.join(CLOSING)}]")
AT_THE_ENDS = MARKS + " "


def plain_direction(text: str) -> str:
    """The text without marks that change nothing: at its ends, a pair around it, all where no letter is read right to left."""
    if not DIRECTIONAL.search(text):
        return text
    if is_balanced(text) and not any(unicodedata.bidirectional(each) in ("R", "AL") for each in DIRECTIONAL.sub("", text)):
        return DIRECTIONAL.sub("", text).strip(" ")
    text = text.strip(AT_THE_ENDS)
    while text[:1] in OPENING and _partner(text) == len(text) - 1:
        text = text[1:-1].strip(AT_THE_ENDS)
    return text


def is_balanced(text: str) -> bool:
    """Whether each embedding and isolate is closed, in order. Overrides (U+202D, U+202E) are neither: they disguise a text."""
    return _partner(f"\u2066{text}\u2069") == len(text) + 1


def is_allowed(character: str, *, balanced: bool) -> bool:
    """Whether a name may hold this character for its direction; `balanced` is what `is_balanced` says of the whole."""
    return character in MARKS or (balanced and bool(DIRECTIONAL.match(character)))


def _partner(text: str) -> int:
    """Where the first character, which opens, is closed; -1 where it is not, or not in order."""
    wanted: list[str] = []
    for place, each in enumerate(text):
        if each in OPENING:
            wanted.append(OPENING[each])
        elif each in CLOSING:
            if wanted.pop() != each:
                return -1
            if not wanted:
                return place
    return -1

"""A person's name as a terminal can hold it: in its letters, cut to its length. Never inside a character."""

from __future__ import annotations

import unicodedata

from doorsync.domain.capabilities import Letters

PLAIN = str.maketrans("øØđĐłŁħĦŧŦðÐ\u0131", "oOdDlLhHtTdDi") | str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}
    | dict.fromkeys("\u2018\u2019", "'")
    | dict.fromkeys("\u2013\u2014", "-")
    | dict.fromkeys("\u201c\u201d", '"')
)
UNKNOWN = "?"


def spelt_name(name: str, letters: Letters, size: int) -> str:
    """The name in these letters and at most so many bytes of them; "" where a terminal holds no names.

    What the letters do not have is spelt without its marks (Łukasz: Lukasz), or else as "?".
    """
    if letters is Letters.NONE:
        return ""
    codec = letters.value
    spelt = name if letters is Letters.UTF_8 else "".join(_spelt(character, codec) for character in name)
    return spelt.encode(codec)[:size].decode(codec, errors="ignore").rstrip()


def _spelt(character: str, codec: str) -> str:
    if _fits(character, codec):
        return character
    plain = character.translate(PLAIN)
    if plain == character:
        plain = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
    return plain if plain and _fits(plain, codec) else UNKNOWN


def _fits(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True

"""What programs write where they have no value: the word by which their language calls that, or what a test program leaves."""

from __future__ import annotations

PLACEHOLDERS = frozenset({"?", "null", "NULL", "Null", "nil", "undefined", "None", "NaN", "[object Object]"})


def is_placeholder(text: str) -> bool:
    """Whether this is the word for no value. In these capitals only: Nan is also a name."""
    return text in PLACEHOLDERS

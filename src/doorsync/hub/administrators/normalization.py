"""One spelling for names and passwords that look the same: NFC, and for passwords RFC 8265's OpaqueString. See docs/decisions."""

from __future__ import annotations

import unicodedata


def normalize_name(text: str) -> str:
    """A name as it is kept and compared: NFC. Nothing else about it is changed, capitals and spaces neither."""
    return unicodedata.normalize("NFC", text)


def normalize_password(text: str) -> str:
    """A password as it is hashed: each kind of space is the ordinary one, letters and their accents are one sign."""
    return unicodedata.normalize("NFC", "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in text))


def older_spellings(text: str) -> list[str]:
    """The other spellings under which this password may have been hashed before there was one spelling for all."""
    spellings = (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    return [each for each in dict.fromkeys(spellings) if each != normalize_password(text)]

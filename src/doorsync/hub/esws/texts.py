"""From the bytes of a message to its text: which encoding, and what to do when a program says Latin-1 and sends UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from doorsync.hub.esws.errors import Malformed, UnknownEncoding

# Anything else is refused: UTF-7 and its like hide markup from whoever looks at the bytes.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "iso_8859-1": "latin-1",
    "latin1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}
BYTE_ORDERS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s;"',]+)""", re.IGNORECASE)
DECLARATION = re.compile(r"<\?xml\s[^<>]{0,300}\?>")
DECLARED = re.compile(r"""\sencoding\s*=\s*["']([^"']*)["']""")
SPACE = " \t\r\n\ufeff"


def readings(body: bytes, content_type: str) -> Iterator[str]:
    """The texts that the bytes may stand for, the likelier first, each without its XML declaration.

    There are two only where Latin-1 was declared and the bytes are UTF-8 all the same. Some programs always declare
    Latin-1, whatever they are handed; text in real Latin-1 is hardly ever valid UTF-8 by chance.
    """
    encoding = _encoding(body, content_type)
    if encoding in ("latin-1", "cp1252") and not body.isascii() and _is_utf8(body):
        yield _text(body, "utf-8")
    yield _text(body, encoding)


def _encoding(body: bytes, content_type: str) -> str:
    by_bytes = next((name for start, name in BYTE_ORDERS.items() if body.startswith(start)), "")
    told = [_known(name) for name in (_charset(content_type), _declared(body, by_bytes or "latin-1")) if name]
    by_words = told[0] if told else "utf-8"
    # Bytes that do not look like UTF-16 are not, whatever they say: some programs leave a "utf-16" in the declaration.
    return by_bytes or by_words.replace("utf-16", "utf-8")


def _known(name: str) -> str:
    try:
        return ENCODINGS[name.lower()]
    except KeyError:
        raise UnknownEncoding from None


def _charset(content_type: str) -> str:
    found = CHARSET.search(content_type)
    return found[1] if found else ""


def _declared(body: bytes, encoding: str) -> str:
    start = DECLARATION.match(body[:1024].decode(encoding, "replace").lstrip(SPACE))
    found = DECLARED.search(start[0]) if start else None
    return found[1] if found else ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding).lstrip(SPACE)
    except UnicodeDecodeError:
        raise Malformed from None
    # A line break takes its place, so that a second declaration stays the error that it is.
    return DECLARATION.sub("\n", text, count=1) if text.startswith("<?xml") else text

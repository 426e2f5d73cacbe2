"""From the bytes of a message to its text: which encoding, and what to do when a program says Latin-1 and sends UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from doorsync.hub.esws.errors import OtherEncoding, UnknownEncoding
from doorsync.hub.esws.other_bodies import refuse_other_than_xml

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
    **{bytes((start, 0)): "utf-16-le" for start in b"< \t\r\n"},
    **{bytes((0, start)): "utf-16-be" for start in b"< \t\r\n"},
}
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"<\0\0\0", b"\0\0\0<")
SPOKEN = {"utf-8": "UTF-8", "latin-1": "ISO-8859-1", "cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s;"',]+)""", re.IGNORECASE)
DECLARATION = re.compile(r"<\?xml\s[^<>]{0,300}\?>")
DECLARED = re.compile(r"""\sencoding\s*=\s*["']([^"']*)["']""")
# What Windows-1252 has where Latin-1 has control characters, which no name or password holds: Windows programs say the one
# and send the other, as browsers know.
ONLY_WINDOWS = re.compile(rb"[\x80-\x9f]")
NOT_A_BREAK = re.compile(r"[^\r\n]")
SPACE = " \t\r\n\ufeff"


def readings(body: bytes, content_type: str) -> Iterator[str]:
    """The texts that the bytes may stand for, the likelier first, each without its XML declaration. Raises Fault.

    There are two only where Latin-1 was declared and the bytes are UTF-8 all the same. Some programs always declare
    Latin-1, whatever they are handed; text in real Latin-1 is hardly ever valid UTF-8 by chance.
    """
    encodings = _encodings(body, content_type)
    refuse_other_than_xml(body, content_type)
    if encodings[0] in ("latin-1", "cp1252") and not body.isascii() and _fits(body, "utf-8"):
        yield _text(body, "utf-8")
    said = next((each for each in encodings if _fits(body, each)), encodings[0])
    is_windows = said == "latin-1" and ONLY_WINDOWS.search(body) and _fits(body, "cp1252")
    yield _text(body, "cp1252" if is_windows else said)


def _encodings(body: bytes, content_type: str) -> list[str]:
    """The encoding of the byte order mark, or else those that header and declaration name, in this order."""
    if body.startswith(UTF_32):
        raise UnknownEncoding("It is in UTF-32.")
    by_bytes = next((name for start, name in BYTE_ORDERS.items() if body.startswith(start)), "")
    told = [_known(name) for name in (_charset(content_type), _declared(body, by_bytes or "latin-1")) if name]
    # Bytes that do not look like UTF-16 are not, whatever they say: some programs leave a "utf-16" in the declaration.
    return [by_bytes] if by_bytes else [name.replace("utf-16", "utf-8") for name in told] or ["utf-8"]


def _known(name: str) -> str:
    try:
        return ENCODINGS[name.lower()]
    except KeyError:
        plain = re.sub(r"[^A-Za-z0-9._:-]", "?", name[:40])
        raise UnknownEncoding(f"It says that it is in {plain}.") from None


def _charset(content_type: str) -> str:
    found = CHARSET.search(content_type)
    return found[1] if found else ""


def _declared(body: bytes, encoding: str) -> str:
    start = DECLARATION.match(body[:1024].decode(encoding, "replace").lstrip(SPACE))
    found = DECLARED.search(start[0]) if start else None
    return found[1] if found else ""


def _fits(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _text(body: bytes, encoding: str) -> str:
    try:
        whole = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise OtherEncoding(f"Byte {error.start + 1} of it cannot be {SPOKEN[encoding]}.") from None
    text = whole.lstrip(SPACE)
    before = whole[: len(whole) - len(text)].replace("\ufeff", "")
    # Blanks take its place: a second declaration stays the error that it is, and lines and columns those of the message.
    blank = DECLARATION.sub(lambda found: NOT_A_BREAK.sub(" ", found[0]), text, count=1) if text.startswith("<?xml") else text
    return before + blank

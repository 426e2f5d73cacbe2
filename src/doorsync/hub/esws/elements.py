"""Reads and writes single elements: names, text, and attributes such as `xsi:nil`."""

from __future__ import annotations

import base64
import binascii
import re
from xml.sax.saxutils import escape, quoteattr

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.errors import Attachments, WrongValue

# What XML 1.0 cannot hold even as a reference; a database might.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XOP_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
ESCAPED = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # markup, and what XML cannot hold


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text, exactly as it was sent; empty for a null.

    Raises WrongValue where the text could be meant otherwise, and Attachments where it is somewhere else.
    """
    if len(element):
        raise Attachments if element[0].tag == XOP_INCLUDE else WrongValue
    text = "" if is_null(element) else element.text or ""
    if _said(element, "type").rpartition(":")[2] in ("base64Binary", "base64"):
        return _unpacked(text)
    return text


def is_null(element: Element) -> bool:
    """Whether the element is marked as null (`xsi:nil`)."""
    said = (_said(element, "nil") or _said(element, "null")).strip()
    return said in ("1", "true")


def escaped(text: str) -> str:
    """Text for an element. What XML cannot hold becomes a question mark, as the pages say of other characters."""
    return escape(ILLEGAL.sub("?", text), {"\r": "&#13;"}) if needs_escapes(text) else text


def needs_escapes(text: str) -> bool:
    """Whether text must be changed for an element. Hardly any must, and an answer with a thousand users has many texts."""
    return ESCAPED.search(text) is not None


def attribute(text: str) -> str:
    """Text for an attribute, in its quotes."""
    return quoteattr(ILLEGAL.sub("?", text))


def _said(element: Element, name: str) -> str:
    """An XMLSchema-instance attribute, in the namespace of any year."""
    for key, value in element.attrib.items():
        namespace, _, local = str(key).rpartition("}")
        if local == name and "XMLSchema-instance" in namespace:
            return str(value)
    return ""


def _unpacked(text: str) -> str:
    """Decode base64, in which some clients send text that is not ASCII, as UTF-8 or else as Latin-1: they do not say which."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise WrongValue from None
    try:
        unpacked = data.decode()
    except UnicodeDecodeError:
        unpacked = data.decode("latin-1")
    if ILLEGAL.search(unpacked):
        raise WrongValue
    return unpacked

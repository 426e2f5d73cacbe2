"""Recognises bodies that are not XML (JSON, forms, HTML), so that the fault can say what was sent."""

from __future__ import annotations

import codecs
import re

from doorsync.hub.esws.errors import Attachments, Compressed, Empty, Fault, Form, Html, Json, OtherThanXml

COMPRESSED = (b"\x1f\x8b", b"BZh", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")  # gzip, bzip2, zip, zstd
HTML = re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)
FORM = re.compile(rb"[\w.%+:-]{1,200}=")
SPACE = b" \t\r\n"


def refuse_other_than_xml(body: bytes, content_type: str) -> None:
    """Raises a Fault for what is no XML, whatever the headers say: many programs send an envelope under a wrong Content-Type."""
    start = body[:4096].removeprefix(codecs.BOM_UTF8).lstrip(SPACE)
    if not start:
        raise Empty
    if HTML.match(start):
        raise Html
    looks_like_utf_16 = b"\0" in start[:2] or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not start.startswith(b"<") and not looks_like_utf_16:
        raise _kind(start, content_type.strip().lower())()


def _kind(start: bytes, content_type: str) -> type[Fault]:
    if start.startswith(COMPRESSED):
        return Compressed
    if start.startswith(b"--") or content_type.startswith(("multipart/", "application/dime")):
        return Attachments
    if start.startswith((b"{", b"[")) or "json" in content_type:
        return Json
    return Form if FORM.match(start) else OtherThanXml

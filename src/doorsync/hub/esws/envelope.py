"""Finds the call in a tree of elements: envelope, headers and body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import local_name
from doorsync.hub.esws.errors import NoEnvelope, NotUnderstood, OtherVersion
from doorsync.hub.esws.namespaces import ENCODING, ENVELOPE, ENVELOPE_12
from doorsync.hub.esws.references import follow_references

ROOT = f"{{{ENCODING}}}root"  # "0" says that an element before the call is none
OTHER = re.compile(r"[^A-Za-z0-9._-]")
FOR_US = {"", f"{ENVELOPE_12}/role/next", f"{ENVELOPE_12}/role/ultimateReceiver", "http://schemas.xmlsoap.org/soap/actor/next"}


@dataclass(frozen=True, slots=True)
class Message:
    """The body's first element: name, namespace and children."""

    name: str
    namespace: str
    children: tuple[Element, ...] = field(repr=False)


def read_envelope(root: Element) -> Message:
    """The call in an envelope. SOAP 1.2 is read like 1.1."""
    version = _version(root)
    for header in root.iterfind(f"{{{version}}}Header/*"):
        _check_understood(header, version)
    body = root.find(f"{{{version}}}Body")
    call = next((each for each in body if each.get(ROOT) != "0"), None) if body is not None else None
    if body is None or call is None:
        raise NoEnvelope
    follow_references(body)
    return Message(local_name(call), etree.QName(call).namespace or "", tuple(call))


def _version(root: Element) -> str:
    if local_name(root) != "Envelope":
        raise NoEnvelope
    version = etree.QName(root).namespace or ""
    if version not in (ENVELOPE, ENVELOPE_12):
        raise OtherVersion
    return version


def _check_understood(header: Element, version: str) -> None:
    demanded = str(header.get(f"{{{version}}}mustUnderstand", "")).strip() in ("1", "true")
    target = header.get(f"{{{version}}}actor") or header.get(f"{{{version}}}role") or ""
    if demanded and str(target).strip() in FOR_US:
        raise NotUnderstood(f"It is {OTHER.sub('?', local_name(header)[:60])}.")

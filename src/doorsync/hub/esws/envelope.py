"""Finds the call in a tree of elements: envelope, headers, body, and multi-referenced elements (`href`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import local_name
from doorsync.hub.esws.errors import NoEnvelope, NotUnderstood, OtherVersion, WrongValue
from doorsync.hub.esws.namespaces import ENVELOPE, ENVELOPE_12

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
    call = next(iter(body), None) if body is not None else None
    if body is None or call is None:
        raise NoEnvelope
    return Message(local_name(call), etree.QName(call).namespace or "", _resolved(call, body))


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
        raise NotUnderstood


def _resolved(call: Element, body: Element) -> tuple[Element, ...]:
    """The call's children; one that only says `href="#id"` gives way to the element of that id. Once, and in this body."""
    if not any("href" in child.attrib for child in call):
        return tuple(call)
    places = {f"#{element.get('id')}": element for element in body if "id" in element.attrib}
    return tuple(_target(child, places) for child in call)


def _target(child: Element, places: dict[str, Element]) -> Element:
    if "href" not in child.attrib:
        return child
    target = places.get(str(child.get("href")))
    if target is None or "href" in target.attrib:
        raise WrongValue
    return target

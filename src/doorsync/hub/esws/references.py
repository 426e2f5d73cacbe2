"""Multi-referenced elements: what says `href="#id"` (SOAP 1.1) or `ref="id"` (SOAP 1.2) gets the content of the element it names.

Java, .NET and gSOAP write structs, maps and values that are used twice so: behind the call, or where the first of them stands.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import chain

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.errors import Attachments, BrokenReference, TooComplex
from doorsync.hub.esws.namespaces import ENCODING_12

ID, ID_12 = "id", f"{{{ENCODING_12}}}id"
HREF, REF_12 = "href", f"{{{ENCODING_12}}}ref"
# What following references may add to a message, so that none grows without end: characters, and as many for each element.
MOST = 1_000_000
PER_ELEMENT = 500


def follow_references(body: Element) -> None:
    """Fill each element of the body that refers to another, at any depth. Raises BrokenReference, Attachments or TooComplex."""
    waiting = [element for element in body.iter() if _refers(element)]
    places = _places(body) if waiting else {}
    left = MOST
    while waiting:
        element = waiting.pop()
        target = _target(element, places)
        left -= _weight(target, left)
        _fill(element, target)
        waiting += [child for child in element.iterdescendants() if _refers(child)]


def _refers(element: Element) -> bool:
    return HREF in element.attrib or REF_12 in element.attrib


def _places(body: Element) -> dict[str, Element | None]:
    """The elements by id; None for an id that several have, and for an element that refers further."""
    found: dict[str, Element | None] = {}
    for element in body.iter():
        name = element.get(ID) or element.get(ID_12)
        if name:
            found[str(name)] = None if name in found or _refers(element) else element
    return found


def _target(element: Element, places: dict[str, Element | None]) -> Element:
    """The element that this one names. One that this one is a part of is none."""
    address = str(element.get(HREF) or element.get(REF_12) or "")
    if address.startswith("cid:"):
        raise Attachments
    target = places.get(address.removeprefix("#")) if address.startswith("#") or HREF not in element.attrib else None
    if target is None or any(each is target for each in chain([element], element.iterancestors())):
        raise BrokenReference
    return target


def _weight(target: Element, left: int) -> int:
    """What a copy of this adds. Raises TooComplex as soon as that is more than is left."""
    weight = 0
    for element in target.iter():
        weight += PER_ELEMENT + len(element.text or "") + len(element.tail or "")
        if weight > left:
            raise TooComplex
    return weight


def _fill(element: Element, target: Element) -> None:
    """Content and type of the target, under the element's own name."""
    tail = element.tail
    element.clear()
    element.tail = tail
    for name, value in target.attrib.items():
        if name not in (ID, ID_12):
            element.set(name, value)
    element.text = target.text
    element.extend(deepcopy(child) for child in target)

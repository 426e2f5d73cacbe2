"""Parses text to a tree of elements, within limits and without access to files or network. Knows nothing of SOAP."""

from __future__ import annotations

import re

from lxml import etree

from doorsync.hub.esws.errors import Doctype, Fault, Malformed, SecondDeclaration, TooComplex

# More than any call needs. Counted before parsing, so that a tree takes a few MB at most.
MARKS = 50_000  # signs that open a tag, or that start an attribute's value
NAMESPACES = 5_000  # each costs a look at all those before it on its element
PER_ELEMENT = 64
LIMITS = (etree.ErrorTypes.ERR_NAME_TOO_LONG, etree.ErrorTypes.ERR_RESOURCE_LIMIT)

SECOND = re.compile(r"<\?xml\s")  # the first one was taken away before

Element = etree._Element  # noqa: SLF001 - lxml has no other name for it


def document(text: str) -> Element:
    """The root element. Comments and processing instructions are gone, and the text around them is whole."""
    _check_marks(text)
    root = _parsed(text)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Doctype
    _check_elements(root)
    return root


def _check_marks(text: str) -> None:
    values = text.count('="') + text.count("='")
    if text.count("<") > MARKS or values > MARKS or text.count("xmlns") > NAMESPACES:
        raise TooComplex


def _parsed(text: str) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _fault(text, error) from None


def _fault(text: str, error: etree.XMLSyntaxError) -> Fault:
    if error.code in LIMITS:  # type: ignore[attr-defined]  # the stubs miss it
        return TooComplex()
    if SECOND.search(text):
        return SecondDeclaration()
    line, column = error.position
    return Malformed(f"See line {line}, column {column}.")


def _check_elements(root: Element) -> None:
    namespaces = 0
    for event, item in etree.iterwalk(root, events=("start-ns", "start")):
        if event == "start-ns":
            namespaces += 1
        elif namespaces > PER_ELEMENT or len(item.attrib) > PER_ELEMENT:
            raise TooComplex
        else:
            namespaces = 0

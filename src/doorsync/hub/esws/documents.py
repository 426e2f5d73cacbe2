"""Parses text to a tree of elements, within limits and without access to files or network. Knows nothing of SOAP."""

from __future__ import annotations

import re

from lxml import etree

from doorsync.domain.text import described_character
from doorsync.hub.esws.errors import Doctype, Fault, ForbiddenCharacter, Malformed, SecondDeclaration, TooComplex
from doorsync.hub.esws.undeclared_prefixes import undeclared_prefixes, with_declarations

# More than any call needs. Counted before parsing, so that a tree takes a few MB at most.
MARKS = 50_000  # signs that open a tag, or that start an attribute's value
NAMESPACES = 5_000  # each costs a look at all those before it on its element
PER_ELEMENT = 64
LIMITS = (etree.ErrorTypes.ERR_NAME_TOO_LONG, etree.ErrorTypes.ERR_RESOURCE_LIMIT)

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML 1.0 does not take, not even by its number
NUMBERED = re.compile(r"&#(x?)0*([0-9a-fA-F]{1,7});")
REFERENCE = etree.ErrorTypes.ERR_INVALID_CHAR
LAST_CHARACTER = 0x10FFFF
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


def _parsed(text: str, *, declares: bool = True) -> Element:
    """`declares`: whether prefixes that are not declared get their usual meaning."""
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
        declared = _declared(text, parser) if declares else None
        if declared is None:
            raise _fault(text, error) from None
    return _parsed(declared, declares=False)


def _declared(text: str, parser: etree.XMLParser) -> str | None:
    """The text with all its prefixes declared, if nothing else is wrong with it."""
    kinds = {entry.type for entry in parser.error_log}
    if kinds != {etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE}:
        return None
    return with_declarations(text, undeclared_prefixes(entry.message for entry in parser.error_log))


def _fault(text: str, error: etree.XMLSyntaxError) -> Fault:
    code = error.code  # type: ignore[attr-defined]  # the stubs miss it
    if code in LIMITS:
        return TooComplex()
    if SECOND.search(text):
        return SecondDeclaration()
    if where := _forbidden_character(text) or (code == REFERENCE and _forbidden_reference(text)):
        return ForbiddenCharacter(f"It is {where}.")
    line, column = error.position
    return Malformed(f"See line {line}, column {column}.")


def _forbidden_character(text: str) -> str:
    found = FORBIDDEN.search(text)
    return _where(text, found.start(), found[0]) if found else ""


def _forbidden_reference(text: str) -> str:
    for found in NUMBERED.finditer(text):
        number = int(found[2], 16 if found[1] else 10)
        if number > LAST_CHARACTER:
            return ""
        if FORBIDDEN.match(chr(number)) or 0xD800 <= number <= 0xDFFF:
            return f"{_where(text, found.start(), chr(number))}, as {found[0]}"
    return ""


def _where(text: str, at: int, character: str) -> str:
    return f"{described_character(character)} in line {text.count(chr(10), 0, at) + 1}"


def _check_elements(root: Element) -> None:
    namespaces = 0
    for event, item in etree.iterwalk(root, events=("start-ns", "start")):
        if event == "start-ns":
            namespaces += 1
        elif namespaces > PER_ELEMENT or len(item.attrib) > PER_ELEMENT:
            raise TooComplex
        else:
            namespaces = 0

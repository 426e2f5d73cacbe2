"""Declares usual prefixes that a hand-written message uses without declaring them: the original's parser never asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorsync.hub.esws.namespaces import ENCODING, ENVELOPE, ESWS, XSD, XSI

USUAL = {
    "xsi": XSI,
    "xsd": XSD,
    **dict.fromkeys(("soap-env", "soapenv", "soap", "env", "s"), ENVELOPE),
    **dict.fromkeys(("soap-enc", "soapenc", "enc"), ENCODING),
    **dict.fromkeys(("uen", "ns1", "tns"), ESWS),
}
UNDECLARED = re.compile(r"Namespace prefix ([\w.-]+) (?:for|on|is) ")
ROOT = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*<[\w.:-]+", re.DOTALL)


def undeclared_prefixes(messages: Iterable[str]) -> set[str]:
    """The prefixes that these messages of the parser are about."""
    return {found[1] for message in messages if (found := UNDECLARED.match(message))}


def with_declarations(text: str, prefixes: Iterable[str]) -> str | None:
    """The text with these prefixes declared on its root; None where one of them is not usual, or no root is to be seen."""
    names = sorted(prefixes)
    root = ROOT.match(text)
    if root is None or not names or not all(name.lower() in USUAL for name in names):
        return None
    declared = "".join(f' xmlns:{name}="{USUAL[name.lower()]}"' for name in names)
    return text[: root.end()] + declared + text[root.end() :]

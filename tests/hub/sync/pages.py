"""Reading the sync pages as a test does: what is ticked, and which numbers stand there."""

from __future__ import annotations

import re

from django.http import HttpResponse

from tests.factories.visitor import Visitor


def by_htmx(visitor: Visitor, address: str) -> HttpResponse:
    return visitor.get(address, **{"HX-Request": "true"})


def ticked(page: HttpResponse) -> set[tuple[str, str]]:
    boxes = re.findall(r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]+)"( checked)?', page.content.decode())
    return {(name, value) for name, value, checked in boxes if checked}


def number_of(page: HttpResponse, word: str) -> int:
    """A number of the plan over all terminals."""
    found = re.search(rf"<dt>{word}</dt><dd>([\d,]+)</dd>", page.content.decode())
    assert found, word
    return int(found[1].replace(",", ""))

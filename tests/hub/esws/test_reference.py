from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from doorsync.hub.esws.errors import Fault
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.service import Request, answer
from scripts.esws_reference import FOLDER, reference_pages
from tests.factories import soap

PAGES = reference_pages()
PAGE = "".join(page.read_text() for page in sorted((Path(__file__).parents[3] / "docs/reference").glob("esws*.md")))


def test_the_reference_of_each_operation_is_what_its_declaration_says() -> None:
    """After a change of a declaration: .venv/bin/python scripts/esws_reference.py"""
    assert {each.name: each.read_text() for each in FOLDER.glob("*.md")} == PAGES


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in PAGES if name != "README.md"])
def test_the_sample_of_each_page_is_answered_in_the_form_of_its_answer(name: str) -> None:
    """Namespace for namespace and type for type; nobody has the code of the sample, so that only the values differ."""
    request, sample = re.findall("```xml\n(.*?)```", PAGES[name], re.DOTALL)
    reply = answer(Request(body=request.encode()), OPERATIONS)
    body = ElementTree.fromstring(reply.body).find(f"{{{soap.ENVELOPE}}}Body")
    expected = ElementTree.fromstring(sample).find(f"{{{soap.ENVELOPE}}}Body")

    assert reply.status == 200
    assert body is not None
    assert expected is not None
    assert "ERROR_UNKNOWN_SECURITY_HASH" in "".join(body.itertext())
    assert [each.tag for each in body[0].iter()][:2] == [each.tag for each in expected[0].iter()][:2]
    assert body[0][0].attrib.keys() == expected[0][0].attrib.keys()


def test_the_reference_names_every_faultcode() -> None:
    codes = {fault.code for fault in Fault.__subclasses__()}

    assert [code for code in codes if f"| `SOAP-ENV:{code}` |" not in PAGE] == []

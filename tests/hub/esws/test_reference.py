from __future__ import annotations

from pathlib import Path

from doorsync.hub.esws.errors import Fault
from scripts.esws_reference import FOLDER, reference_pages

PAGE = "".join(page.read_text() for page in sorted((Path(__file__).parents[3] / "docs/reference").glob("esws*.md")))


def test_the_reference_of_each_operation_is_what_its_declaration_says() -> None:
    """After a change of a declaration: .venv/bin/python scripts/esws_reference.py"""
    assert {each.name: each.read_text() for each in FOLDER.glob("*.md")} == reference_pages()


def test_the_reference_names_every_faultcode() -> None:
    codes = {fault.code for fault in Fault.__subclasses__()}

    assert [code for code in codes if f"| `SOAP-ENV:{code}` |" not in PAGE] == []

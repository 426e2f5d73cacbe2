from __future__ import annotations

from pathlib import Path

from doorsync.hub.esws.errors import Fault
from doorsync.hub.esws.operations import OPERATIONS

PAGE = (Path(__file__).parents[3] / "docs/reference/esws.md").read_text()


def test_the_reference_names_every_operation_parameter_and_return_string() -> None:
    assert [f"## {name}" in PAGE for name in OPERATIONS] == [True]
    named = {each.name for operation in OPERATIONS.values() for each in operation.parameters}
    named |= {text for operation in OPERATIONS.values() for text in operation.return_strings.values()}
    assert [name for name in named if f"| `{name}` |" not in PAGE] == []


def test_the_reference_names_every_faultcode() -> None:
    codes = {fault.code for fault in Fault.__subclasses__()}

    assert [code for code in codes if f"| `SOAP-ENV:{code}` |" not in PAGE] == []

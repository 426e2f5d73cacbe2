from __future__ import annotations

from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.esws.errors import Broken, Doctype, NoCode
from doorsync.hub.esws.return_strings import RETURN_STRINGS, as_fault, return_string


def test_return_strings_are_those_of_the_page_in_its_order() -> None:
    assert list(RETURN_STRINGS.values()) == [
        "ERROR_NO_SECURITY_HASH",
        "ERROR_UNKNOWN_SECURITY_HASH",
        "NO USERNAME PROVIDED",
        "NO PASSWORD PROVIDED",
        "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
    ]


def test_return_string_holds_for_narrower_errors_too() -> None:
    class Disabled(UnknownCompany):
        """The company is switched off."""

    assert return_string(Disabled()) == "ERROR_UNKNOWN_SECURITY_HASH"
    assert return_string(NoCode()) == "ERROR_NO_SECURITY_HASH"
    assert return_string(ValueError()) is None


def test_as_fault_keeps_faults_and_hides_the_rest() -> None:
    doctype = Doctype()

    assert as_fault(doctype) is doctype
    assert type(as_fault(ValueError("x"))) is Broken
    assert "xyzzy" not in as_fault(ValueError("xyzzy")).message

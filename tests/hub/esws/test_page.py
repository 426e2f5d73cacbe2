from __future__ import annotations

from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.page import page


def test_page_names_the_wsdl_the_operations_and_the_return_strings() -> None:
    text = page(OPERATIONS, "https://hub.example.com/<x>").decode()

    assert '<a href="https://hub.example.com/&lt;x&gt;?wsdl">' in text
    assert "Esws.getTotalSyncToken(p_companyID, p_adminUsername, p_adminPassword)" in text
    assert "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD" in text
    assert "<x>" not in text

"""The access log, read by SOAP clients of others from the WSDL, and by one that knows no WSDL."""

from __future__ import annotations

from typing import Any

import pytest

from doorsync.domain.door_events import EventCode
from tests.contracts.esws.clients import Node, Php, Zeep
from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.soap import PATH
from tests.hub.events.logs import Site, event, site

pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]
LOGS = (
    "p_exportTimeFrom",
    "p_exportTimeTo",
    "p_locationId",
    "p_userId",
    "p_infoFieldName",
    "p_infoFieldValue",
    "p_filterOn",
    "p_timeregistrationModules",
)
BY_ID = ("p_exportIdFrom", "p_exportIdTo", "p_timeregistrationModules")
CLIENTS = {
    "zeep": Zeep(),
    "zeep with the literal twin": Zeep("wsdl=literal"),
    "PHP": Php(),
    "PHP without a WSDL": Php(None),
    "node": Node(),
}
FIELDS = ("scanID", "Terminal", "UserID", "Time", "Success", "TerminalName", "LogText")


@pytest.fixture
def here(hub: LiveHub) -> Site:
    here = site()
    world.user(here.company, "Zoë", number=7, external_id="M-7")
    here.take(event(1, "7"), event(2, code=EventCode.DENIED, reason="expired", key="7"))
    return here


def given(names: tuple[str, ...], **values: str) -> dict[str, str | None]:
    return {"p_companyID": world.SAMPLE_CODE, **dict.fromkeys(names, ""), **values}


def rows(result: Any) -> list[tuple[str, ...]]:
    """The rows as texts, however a client wraps them."""
    items = result.get("item", result) if isinstance(result, dict) else getattr(result, "item", result)
    return [tuple(str(_plain(row, name)) for name in FIELDS) for row in (items if isinstance(items, list) else [items])]


def _plain(row: Any, name: str) -> Any:
    value = row[name]
    return value.get("$value", "") if isinstance(value, dict) else value


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_real_client_reads_the_log(hub: LiveHub, here: Site, client: Any) -> None:
    url = hub.url + PATH
    logs = client(url, given(LOGS, p_exportTimeFrom="2026-07-01 00:00:00"), "Esws.getLogs")
    assert rows(logs.result) == [
        ("1", "S1", "M-7", "2026-07-01 12:00:00", "1", "Gate", "Verify Success"),
        ("2", "S1", "M-7", "2026-07-01 12:00:00", "0", "Gate", "Expired User"),
    ]
    by_id = client(url, given(BY_ID, p_exportIdFrom="2"), "Esws.getLogsById")
    assert [row[:3] for row in rows(by_id.result)] == [("2", "S1", "7")]
    nothing = client(url, given(BY_ID, p_exportIdFrom="3"), "Esws.getLogsById")
    assert [row[1] for row in rows(nothing.result)] == ["-1 NO RECORD"]

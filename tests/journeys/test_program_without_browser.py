"""A program that only calls the service, on the real programs: hub, an agent that dials out, virtual terminals. No browser."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import httpx2

from tests.factories import esws
from tests.factories.soap import result
from tests.factories.stack import Stack, stack, until
from tests.factories.world import SAMPLE_CODE

BOB = {"id": "1", "last_name": "Bob", "groups": ["Members"]}
UNDER_WAY = ("WAITING FOR A CONNECTION", "SYNCING")


def said(running: Stack, operation: str, **given: str) -> str:
    body = esws.written(operation, {"p_companyID": SAMPLE_CODE, **given})
    answer = httpx2.post(f"{running.url}/webservicesesws", content=body, headers={"Content-Type": "text/xml"}, timeout=60)
    return result(answer.content)


def first_row(running: Stack, operation: str, **given: str) -> dict[str, str]:
    body = esws.written(operation, {"p_companyID": SAMPLE_CODE, **given})
    answer = httpx2.post(f"{running.url}/webservicesesws", content=body, headers={"Content-Type": "text/xml"}, timeout=60)
    item = ElementTree.fromstring(answer.content).find(".//item")
    assert item is not None, answer.text
    return {field.tag: field.text or "" for field in item}


def ended(running: Stack, code: str) -> str:
    until(lambda: said(running, "getSyncStatus", p_syncCode=code) not in UNDER_WAY, "the sync ending")
    return said(running, "getSyncStatus", p_syncCode=code)


def test_a_member_comes_is_sent_read_back_and_leaves(tmp_path: Path) -> None:
    with stack(tmp_path, [BOB]) as running:
        running.start_agent()
        until(lambda: running.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")
        gate, pool = (
            str(running.query(f"SELECT location_id FROM terminals_terminal WHERE name = '{name}'")[0][0])
            for name in ("Gate", "Pool")
        )
        anna = {"p_Achternaam": "Jansen", "p_Voornaam": "Anna", "p_groupName": "Members", "p_cardId": "036136500607727109"}
        assert said(running, "updateUser", p_Id="2179", **anna) == "2179"
        told = first_row(running, "getUsers", p_page="1", p_userId="2179", p_addTimeToDate="")
        assert (told["Achternaam"], told["GroupS"], told["CardId"]) == ("Jansen", "Members", "36136500607727109")

        only_anna = said(running, "autoSync", p_locationId=gate, p_userId="2179")
        assert ended(running, only_anna) == "DONE, 2 MORE WAITING"  # Bob, at the gate and at the office
        assert running.people("Gate") == {"2179": "Anna Jansen"}
        everybody = said(running, "autoSyc", p_locationId=gate, p_userId="0")
        assert ended(running, everybody) == ended(running, only_anna) == "UP TO DATE"
        assert set(running.people("Gate").values()) == {"Anna Jansen", "Bob"}

        (device,) = json.loads(said(running, "syncEsiScd", p_locationID=pool))
        assert list(device.values()) == ["ok"]
        assert set(running.people("Pool").values()) == {"Anna Jansen", "Bob"}

        assert said(running, "deleteUser", p_Id="2179", p_locationID="") == "User has been deleted"
        until(lambda: set(running.people("Gate").values()) == {"Bob"}, "her being gone without another call")
        running.end("Gate")
        answers = {text for device in json.loads(said(running, "syncEsiScd", p_locationID=gate)) for text in device.values()}
        assert answers == {"ok", "SynchDevice:SearchDevice_ByIP:ERROR [-102]"}

"""After a whole run: no token, password, company code, PIN or card lies anywhere in clear but in the terminals themselves."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fido2.utils import websafe_decode

from tests.factories.passkeys import Device
from tests.factories.patience import PATIENCE
from tests.factories.second_factors import turn_on_by_pages
from tests.factories.sinks import spellings
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.factories.world import SAMPLE_CODE

COMM_KEY = "4711-comm-key-9182"
PEOPLE: list[dict[str, Any]] = [
    {
        "id": str(n),
        "last_name": f"Person {n}",
        "groups": ["Members"],
        "cards": [str(7_301_426_000 + n)],
        "pin": str(58_140_960 + n),
    }
    for n in range(12)
]


def sinks(folder: Path) -> list[Path]:
    """Everything that hub and agent have written: databases with their journals, keys, state, logs."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "company.yaml"]
    return [path for path in files if "terminals" not in path.relative_to(folder).parts]


def secrets_of(made: Stack, token: str) -> dict[str, set[bytes]]:
    secrets = {"comm key": COMM_KEY, "code": SAMPLE_CODE, "password": "passwrod", "token": token}
    for person in PEOPLE:
        secrets |= {f"card {person['id']}": person["cards"][0], f"pin {person['id']}": person["pin"]}
    return {name: spellings(text) for name, text in secrets.items()}


def second_factor_secrets(made: Stack) -> dict[str, str]:
    """Turn a second factor on, sign in with a code, a wrong one first; what must be found nowhere."""
    password = {"company": "gym", "username": "username", "password": "passwrod"}
    with httpx2.Client(base_url=made.url, headers={"Origin": made.url}, timeout=PATIENCE, follow_redirects=True) as browser:
        browser.post("/sign-in/", data=password)
        app, codes = turn_on_by_pages(browser)
    with httpx2.Client(base_url=made.url, headers={"Origin": made.url}, timeout=PATIENCE, follow_redirects=True) as browser:
        browser.post("/sign-in/", data=password)
        wrong = codes[0][::-1]
        browser.post("/sign-in/code/", data={"code": wrong})
        browser.post("/sign-in/code/", data={"code": codes[1]})
        assert "9 recovery codes are left" in browser.get("/account/").text
    numbers = {f"recovery code {n}": code for n, code in enumerate([wrong, *codes])}
    return {"app's secret": app.secret} | numbers | {f"{name}, bare": code.replace(" ", "") for name, code in numbers.items()}


def passkey_secrets(made: Stack) -> dict[str, str]:
    """Add a passkey and sign in with it, once wrongly first; what must be found nowhere: it would sign in while it is fresh."""
    add, make = "/account/passkeys/add/", "/account/passkeys/make/"
    with httpx2.Client(base_url=made.url, headers={"Origin": made.url}, timeout=PATIENCE, follow_redirects=True) as browser:
        browser.post("/sign-in/", data={"company": "gym", "username": "username", "password": "passwrod"})
        proof = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(add).text))
        page = browser.post(add, data={**proof, "present": "passwrod"}).text
        options = json.loads(unescape(re.findall(r'data-options="([^"]+)"', page)[0]))
        origin = made.url.replace("127.0.0.1", "localhost")
        device = Device(origin=origin, handle=websafe_decode(options["user"]["id"]))
        answer = device.make(websafe_decode(options["challenge"]))
        assert "The passkey was added." in browser.post(make, data={**proof, "name": "phone", "passkey": answer}).text
    found = {"challenge of a new passkey": options["challenge"]}
    with httpx2.Client(base_url=made.url, headers={"Origin": made.url}, timeout=PATIENCE, follow_redirects=True) as browser:
        for device.origin, status in (("https://evil.example.com", 422), (origin, 200)):
            challenge = browser.post("/sign-in/passkey/challenge/").json()["challenge"]
            cookie = browser.cookies["passkey"]
            answer = device.use(websafe_decode(challenge))
            assert browser.post("/sign-in/passkey/", data={"passkey": answer}).status_code == status
            signature = json.loads(answer)["response"]["signature"]
            found |= {f"challenge {status}": challenge, f"cookie {status}": cookie, f"signature {status}": signature}
    return found


@pytest.mark.requirement("T-01", mutation="a log line with the orders of a batch; or Credential.sealed without sealing")
def test_no_sink_holds_a_secret_after_a_whole_run(tmp_path: Path) -> None:
    with stack(tmp_path, PEOPLE, secret=COMM_KEY) as made:
        made.start_agent()
        factor = passkey_secrets(made) | second_factor_secrets(made)
        token = made.token()
        made.press()
        until(lambda: all(len(made.people(name)) == len(PEOPLE) for name in LOCATIONS), "the terminals being filled")
        until(lambda: not made.query("SELECT 1 FROM sync_batch WHERE status = 'open'"), "the receipts coming in")
        made.end_all()

        found = sinks(tmp_path)
        written = {path: path.read_bytes() for path in found}

        assert {"hub.sqlite3", "hub.log", "agent.log"} <= {path.name for path in found}
        assert any(b"Person 7" in text for text in written.values()), "the search does find what is there"
        for name, forms in (secrets_of(made, token) | {name: spellings(text) for name, text in factor.items()}).items():
            for path, text in written.items():
                assert not any(form in text for form in forms), f"{name} is in {path.name}"

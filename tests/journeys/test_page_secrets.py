"""What the browser gets to see while its page is the courier: no PIN, no card number, and nothing that lets one be guessed."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.sinks import spellings
from tests.factories.stack import LOCATIONS, Stack, stack
from tests.factories.visitor import LINK

pytestmark = pytest.mark.browser
LONG_ENOUGH = 8  # shorter pieces of base64 are found in any megabyte
Open = Callable[..., Page]
PEOPLE: list[dict[str, Any]] = [
    {
        "id": str(n),
        "last_name": f"Person {n}",
        "groups": ["Members"],
        "cards": [str(7_301_426_000 + n)],
        "pin": str(58_140_960 + n),
    }
    for n in range(20)
]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stack]:
    with stack(tmp_path, PEOPLE, cloud=False) as made:
        made.start_agent()
        yield made


def heap(page: Page) -> bytes:
    """Every string in the page's memory."""
    chunks: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    return "".join(chunks).encode()


STORED = """async () => JSON.stringify([
    document.cookie, {...localStorage}, {...sessionStorage}, (await indexedDB.databases()).map((each) => each.name),
    await caches.keys(), document.documentElement.outerHTML,
])"""


def digests(running: Stack) -> set[bytes]:
    rows = running.query("SELECT wanted FROM sync_holding UNION SELECT held FROM sync_holding")
    found = [bytes(row[0]) for row in rows if row[0]]
    return {form for raw in found for form in (raw.hex().encode(), b64encode(raw)[:20], urlsafe_b64encode(raw)[:20])}


@pytest.mark.requirement("A-03", mutation="put the orders of each batch beside it in the answer of /courier/next")
def test_browser_never_sees_a_secret(running: Stack, open_page: Open, tmp_path: Path) -> None:
    har = tmp_path / "run.har"
    page = open_page(record_har_path=har, record_har_content="embed")
    page.goto(running.url + LINK + running.token())
    page.wait_for_url("**/sync/?s=*")
    page.get_by_role("link", name="20 new, Gate").click()
    expect(page.locator("dialog[open]")).to_contain_text("Person 7")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sync", exact=True).click()
    expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")
    seen = {"memory": heap(page), "storage": page.evaluate(STORED).encode()}
    page.context.close()
    seen["har"] = har.read_bytes()

    assert all(len(running.people(name)) == len(PEOPLE) for name in LOCATIONS)
    agent = running.query("SELECT public_id FROM terminals_agent")[0][0].encode()
    assert all(agent in sink for sink in seen.values()), "these sinks do hold what the page handles"
    assert b"receipt" in seen["har"]
    secrets = {form for person in PEOPLE for text in (*person["cards"], person["pin"]) for form in spellings(text)}
    secrets = {form for form in secrets if len(form) >= LONG_ENOUGH}
    kept = digests(running)
    assert len(kept) >= 2 * len(PEOPLE)
    assert len(secrets) >= 4 * len(PEOPLE)
    for form in secrets | kept:
        for name, sink in seen.items():
            assert form not in sink, f"{form!r} is in the {name}"

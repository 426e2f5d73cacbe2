"""Events come sealed to the hub and signed by their agent; what it stored it says signed, about just that message."""

from __future__ import annotations

import httpx2
import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.terminals.identity import hub_keys
from doorsync.messages import envelope
from doorsync.messages.events import Events, EventsStored
from doorsync.messages.keys import KeyPairs
from tests.factories.live import LiveHub
from tests.hub.events.logs import Site, event, site

KEYS = KeyPairs.generate()


@pytest.fixture
def here(transactional_db: None) -> Site:
    here = site()
    here.agent.keys = KEYS.public.as_dict()
    here.agent.save()
    return here


def post(hub: LiveHub, here: Site, sealed: str) -> httpx2.Response:
    return httpx2.post(f"{hub.url}/courier/events", json={"agent": here.agent.public_id, "events": sealed})


def sealed(message: Events, keys: KeyPairs = KEYS) -> str:
    return envelope.seal(message, keys, hub_keys().public)


def test_the_answer_is_signed_and_about_just_this_message(hub: LiveHub, here: Site) -> None:
    text = sealed(here.message(event(1, "7"), event(2)))
    answer = envelope.verify(post(hub, here, text).json()["stored"], EventsStored, hub_keys().sign)
    assert (answer.have, answer.answers, answer.series) == (2, envelope.fingerprint(text), "a")
    again = envelope.verify(post(hub, here, text).json()["stored"], EventsStored, hub_keys().sign)
    assert (again.have, here.positions()) == (2, [1, 2])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"company": "other"}, "wrong-company"),
        ({"agent": "somebody"}, "wrong-agent"),
        ({"terminal": "nowhere"}, "unknown-device"),
        ({"serial": "S2"}, "unknown-device"),
    ],
)
def test_events_that_are_not_of_this_agent_and_its_devices_are_refused(
    hub: LiveHub, here: Site, change: dict[str, str], code: str
) -> None:
    answer = post(hub, here, sealed(here.message(event(1)).model_copy(update=change)))
    assert (answer.status_code, answer.json()["error"]) == (409, code)
    assert here.positions() == []


def test_events_before_the_first_receipt_wait_and_are_no_matter_for_the_audit(hub: LiveHub, here: Site) -> None:
    here.terminal.pinned_at = None
    here.terminal.save()
    answer = post(hub, here, sealed(here.message(event(1))))
    assert (answer.status_code, answer.json()["error"], here.positions()) == (409, "device-not-yet-known", [])
    with scope(company=here.agent.company):
        assert not Entry.objects.filter(event="message.refused").exists()


def test_events_signed_by_somebody_else_are_refused(hub: LiveHub, here: Site) -> None:
    answer = post(hub, here, sealed(here.message(event(1)), KeyPairs.generate()))
    assert answer.json()["error"] == "unknown-key"
    assert here.positions() == []


def test_a_page_cannot_bring_events(hub: LiveHub, here: Site) -> None:
    answer = httpx2.post(
        f"{hub.url}/courier/events",
        json={"agent": here.agent.public_id, "events": sealed(here.message(event(1)))},
        headers={"Origin": "http://elsewhere.example"},
    )
    assert (answer.status_code, here.positions()) == (403, [])

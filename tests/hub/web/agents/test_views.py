"""The agents page: for full sign-ins of this company only; a code is shown once, and only what was asked for may be fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django_scopes import scope

from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent, EnrolmentCode
from doorsync.hub.terminals.reason_codes import QuarantineCode
from doorsync.messages.keys import KeyPairs
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for

CODE = re.compile(r'id="code">([0-9A-Z-]{23})<')


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made


def make_code(visitor: Visitor, agent: Agent, **fields: str) -> HttpResponse:
    proof = visitor.fields(visitor.get("/agents/"))
    return visitor.post(f"/agents/{agent.public_id}/code/", {**proof, **fields})


def test_page_lists_agents_with_their_state(visitor: Visitor, club: Gym) -> None:
    Agent.objects.filter(pk=club.agent.pk).update(quarantined=QuarantineCode.TWO_COPIES(), keys={})
    text = visitor.get("/agents/").content.decode()
    assert "in quarantine" in text
    assert "Two copies of this agent are at work" in text
    assert hub_keys().public.fingerprint() in text


def test_code_is_shown_once_and_works(visitor: Visitor, club: Gym) -> None:
    page = make_code(visitor, club.agent)
    code = CODE.search(page.content.decode())
    assert code
    assert EnrolmentCode.objects.get().bound == ""
    assert page["Cache-Control"] == "no-store"
    assert code[1] not in visitor.get("/agents/").content.decode()


def test_a_sync_session_finds_no_agents(club: Gym) -> None:
    visitor = Visitor()
    landed = visitor.sign_in(token_for(club.administrator))
    proof = visitor.fields(visitor.get(landed["Location"]))
    assert visitor.get("/agents/").status_code in (403, 404)
    assert visitor.post(f"/agents/{club.agent.public_id}/code/", proof).status_code in (403, 404)
    assert not EnrolmentCode.objects.exists()
    assert "/agents/" not in visitor.get(landed["Location"]).content.decode()


def test_the_pages_of_doors_lead_there(visitor: Visitor) -> None:
    assert 'href="/agents/"' in visitor.get("/doors/").content.decode()


def test_a_code_needs_the_proof_of_the_page(visitor: Visitor, club: Gym) -> None:
    address = f"/agents/{club.agent.public_id}/code/"
    assert visitor.get(address).status_code == 405
    assert visitor.post(address, {**visitor.fields(visitor.get("/agents/")), "proof": "x"}).status_code == 403
    assert not EnrolmentCode.objects.exists()


def test_the_other_companys_agent_is_not_there(visitor: Visitor, club: Gym) -> None:
    others = gym(["Mallory"], other=True)
    assert make_code(visitor, others.agent).status_code == 404
    assert others.agent.public_id not in visitor.get("/agents/").content.decode()


def test_with_an_address_the_page_may_fetch_from_just_there(visitor: Visitor, club: Gym) -> None:
    key = KeyPairs.generate().public.fingerprint()
    page = make_code(visitor, club.agent, address="http://192.168.1.20:8787/", key=key.lower().replace("-", " "))
    assert CODE.search(page.content.decode())
    assert "connect-src 'self' http://192.168.1.20:8787;" in page["Content-Security-Policy"]
    assert EnrolmentCode.objects.get().bound == key
    assert "8787" not in visitor.get("/agents/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://192.168.1.20:8787", ""),
        ("", "7K2QM-0H5XN-T9B4C-W8D3E"),
        ("http://192.168.1.20:8787", "hello"),
        ("http://192.168.1.20", "7K2QM-0H5XN-T9B4C-W8D3E"),
        ("http://a:b@192.168.1.20:1", "7K2QM-0H5XN-T9B4C-W8D3E"),
        ("http://192.168.1.20:8787/x", "7K2QM-0H5XN-T9B4C-W8D3E"),
        ("ftp://192.168.1.20:21", "7K2QM-0H5XN-T9B4C-W8D3E"),
        ("http://x:1; script-src *", "7K2QM-0H5XN-T9B4C-W8D3E"),
    ],
)
def test_what_is_typed_wrongly_is_told_and_makes_no_code(visitor: Visitor, club: Gym, address: str, key: str) -> None:
    page = make_code(visitor, club.agent, address=address, key=key)
    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()
    assert not EnrolmentCode.objects.exists()
    assert "192.168" not in page["Content-Security-Policy"]

"""What forms, links and scripts carry to stay with their session; nothing where nobody is signed in."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from doorsync.hub.administrators.authentication import SignedIn
from tests.factories import world

pytestmark = pytest.mark.django_db


def drawn(tag: str, signed_in: SignedIn | None) -> str:
    request = SimpleNamespace(signed_in=signed_in)
    return Template("{% load signed_in %}" + tag).render(Context({"request": request}))


@pytest.fixture
def somebody() -> SignedIn:
    company = world.company()
    odd = '"><script>'
    return SignedIn(
        company=company, administrator=world.administrator(company), kind="sync", public_id=f"id&{odd}", proof=f"proof{odd}"
    )


def test_forms_carry_session_and_proof_with_nothing_that_a_page_obeys(somebody: SignedIn) -> None:
    assert drawn("{% session_fields %}", somebody) == (
        '<input type="hidden" name="session" value="id&amp;&quot;&gt;&lt;script&gt;">'
        '<input type="hidden" name="proof" value="proof&quot;&gt;&lt;script&gt;">'
    )


def test_links_carry_the_session_alone_and_scripts_both(somebody: SignedIn) -> None:
    assert drawn("{% session_query %}", somebody) == "s=id%26%22%3E%3Cscript%3E"
    headers = drawn("{% autoescape off %}{% session_headers %}{% endautoescape %}", somebody)
    assert json.loads(headers) == {"X-Session": somebody.public_id, "X-Proof": somebody.proof}


def test_where_nobody_is_signed_in_nothing_is_carried() -> None:
    tags = ("session_fields", "session_query", "session_headers")
    assert [drawn(f"{{% {tag} %}}", None) for tag in tags] == ["", "", "{}"]
    assert Template("{% load signed_in %}{% session_query %}").render(Context({})) == ""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Administrator, Session, SyncToken
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.models import Company
from tests.factories import world
from tests.factories.patience import PATIENCE
from tests.factories.visitor import LINK, Visitor, session_of, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.factories.open_pages")]
SINGULAR = "/users/totalSyncUserLogin/"


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company(), username="alice")


def refusals(of: Administrator) -> list[tuple[str, str]]:
    with scopes_disabled():
        found = Entry.objects.filter(company_id=of.company_id, event__in=["token.refused", "token.replayed"])
        return [(entry.event, entry.subject["reason"]) for entry in found]


def rows() -> str:
    """All that the database holds about signing in."""
    with scopes_disabled():
        kept = [*SyncToken.objects.values(), *Session.objects.values(), *Entry.objects.values()]
    return repr(kept)


@pytest.mark.requirement("M-05", mutation="a route for the plural spelling only")
@pytest.mark.parametrize("link", [LINK, SINGULAR])
def test_a_link_leads_to_the_sync_page_of_its_administrator_and_company(alice: Administrator, link: str) -> None:
    bob = world.administrator(world.other_company(), username="bob")
    visitor = Visitor()
    answer = visitor.sign_in(token_for(alice), link)
    page = visitor.get(answer["Location"])
    assert page.status_code == 200
    assert f"sync {alice.company.slug} alice [alice]" in page.content.decode()
    assert bob.username not in page.content.decode()


def test_a_link_may_end_in_a_slash(alice: Administrator) -> None:
    session_of(Visitor().sign_in(token_for(alice) + "/"))


@pytest.mark.requirement("T-03", mutation="spending on GET of the landing page")
def test_a_hundred_looks_write_nothing_and_then_the_sign_in_works(alice: Administrator) -> None:
    token = token_for(alice)
    before = rows()
    looks = [{}, {"sec-purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}]
    for n in range(100):
        other = Visitor()
        methods: list[Any] = [other.client.get, other.client.head, other.client.options]
        method = methods[n % 3]
        headers = {"host": "127.0.0.1", **looks[n % 4]}
        answer = method([LINK, SINGULAR][n % 2] + token, headers=headers)
        if answer.status_code == 303:
            method(answer["Location"], headers=headers)
            other.client.get(answer["Location"], headers={"host": "127.0.0.1"})
    assert rows() == before
    session_of(Visitor().sign_in(token))


def test_a_prefetch_of_the_landing_page_gets_nothing_to_run(alice: Administrator) -> None:
    visitor = Visitor()
    landing = visitor.follow(token_for(alice))
    assert visitor.get(landing, **{"Sec-Purpose": "prefetch;prerender"}).status_code == 204


@pytest.mark.requirement("T-04", mutation="no used_at=None in spend's condition")
@pytest.mark.django_db(transaction=True)
def test_fifty_sign_ins_at_once_give_one_session() -> None:
    alice = world.administrator(world.company())
    token, start = token_for(alice), threading.Barrier(50)

    def one(_: int) -> int:
        try:
            visitor = Visitor()
            landing = visitor.follow(token)
            start.wait(PATIENCE)
            return visitor.post(landing).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(one, range(50)))
    assert sorted(answers) == [303] + [410] * 49
    with scopes_disabled():
        assert Session.objects.count() == 1
    assert not verify_trail(alice.company_id, begins="").fault


@pytest.mark.requirement("T-05", mutation="_own_session always empty")
def test_the_holder_of_the_session_is_led_back_to_it(alice: Administrator) -> None:
    token, visitor = token_for(alice), Visitor()
    first = session_of(visitor.sign_in(token))
    visitor.client.cookies.pop("landing")
    assert session_of(visitor.sign_in(token)) == first
    assert visitor.get(f"/sync/?s={first}").status_code == 200
    assert refusals(alice) == []


@pytest.mark.requirement("T-05", mutation="no cookie from the landing page")
def test_a_browser_that_lost_the_first_answer_gets_the_same_session(alice: Administrator) -> None:
    token, visitor = token_for(alice), Visitor()
    landing = visitor.follow(token)
    visitor.get(landing)
    kept = visitor.client.cookies["landing"].value
    first = session_of(visitor.post(landing))
    visitor.client.cookies.clear()  # a web view that loads twice throws the first answer away
    visitor.client.cookies["landing"] = kept
    assert session_of(visitor.sign_in(token)) == first
    assert visitor.get(f"/sync/?s={first}").status_code == 200


@pytest.mark.requirement("T-05", mutation="not ending the session on a replay")
def test_any_other_reuse_is_refused_ends_the_session_and_is_audited(alice: Administrator) -> None:
    token, first, thief = token_for(alice), Visitor(), Visitor()
    session = session_of(first.sign_in(token))
    assert first.get(f"/sync/?s={session}").status_code == 200
    assert thief.sign_in(token).status_code == 410
    assert thief.sync_cookies == {}
    assert refusals(alice) == [("token.replayed", "used")]
    assert first.get(f"/sync/?s={session}").status_code == 403
    assert first.sign_in(token).status_code == 410  # nor does the holder get back in


def test_looking_at_a_used_link_ends_nothing(alice: Administrator) -> None:
    token, visitor = token_for(alice), Visitor()
    session = session_of(visitor.sign_in(token))
    assert Visitor().get(Visitor().follow(token)).status_code == 410
    assert visitor.get(f"/sync/?s={session}").status_code == 200
    assert refusals(alice) == []


def test_a_planted_landing_cookie_does_not_reveal_the_session(alice: Administrator) -> None:
    planted = secrets.token_urlsafe(32)
    victim, other = Visitor(), world.administrator(world.other_company())
    victim.client.cookies["landing"] = planted
    session_of(victim.sign_in(token_for(alice)))
    attacker = Visitor()
    attacker.client.cookies["landing"] = planted
    session_of(attacker.sign_in(token_for(other)))
    assert set(victim.sync_cookies.values()).isdisjoint([planted, *attacker.sync_cookies.values()])


def dead_links(alice: Administrator) -> dict[str, str]:
    used, expired, revoked = token_for(alice), token_for(alice), token_for(alice)
    session_of(Visitor().sign_in(used))
    with scopes_disabled():
        issued = SyncToken.objects.order_by("pk")
        issued.filter(pk=issued[1].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        issued.filter(pk=issued[2].pk).update(revoked_at=timezone.now())
    unknown = secrets.token_hex(64)
    return {
        "used": used,
        "expired": expired,
        "revoked": revoked,
        "unknown": unknown,
        "short": unknown[:-1],
        "upper": unknown.upper(),
        "odd": "x%00y/%F0%9F%9A%AA'\"<b>",
        "nothing": "",
    }


def shape(answer: HttpResponse) -> tuple[int, list[tuple[str, str]], bytes, str]:
    return answer.status_code, sorted(answer.items()), answer.content, answer.cookies.output()


@pytest.mark.requirement("T-06", mutation="frame-ancestors of the token's company on refusals")
def test_links_that_do_not_work_look_all_the_same(db: None) -> None:
    alice = world.administrator(world.company(frame_origins=["https://frames.example"]))
    looks, posts = {}, {}
    for name, token in dead_links(alice).items():
        visitor = Visitor()
        first = visitor.get(LINK + token)
        landing = first["Location"]
        assert (first.status_code, len(landing), first.content) == (303, 106, b""), name
        looks[name], posts[name] = shape(visitor.get(landing)), shape(visitor.post(landing))
    assert len({repr(look) for look in looks.values()}) == 1
    assert len({repr(post) for post in posts.values()}) == 1
    status, headers, _body, cookies = posts["used"]
    assert (status, cookies) == (410, "")
    assert "frame-ancestors 'none'" in dict(headers)["Content-Security-Policy"]


@pytest.mark.requirement("T-06", mutation="recording every refusal as unknown")
def test_the_true_reason_of_a_refusal_is_in_the_audit(alice: Administrator) -> None:
    for token in dead_links(alice).values():
        Visitor().sign_in(token)
    assert sorted(refusals(alice)) == [
        ("token.refused", "expired"),
        ("token.refused", "revoked"),
        ("token.replayed", "used"),
    ]


def test_knocking_on_and_on_does_not_fill_the_trail(alice: Administrator) -> None:
    token, visitor = dead_links(alice)["expired"], Visitor()
    for _ in range(25):
        visitor.post(visitor.follow(token))
    assert len(refusals(alice)) == 20


def test_an_old_or_forged_handle_is_refused_like_any_link(alice: Administrator) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visitor = Visitor()
        landing = visitor.follow(token_for(alice))
        assert visitor.post(landing[:-1] + "x").status_code == 410
        clock.shift(61)
        assert visitor.post(landing).status_code == 410
        assert visitor.get(landing).status_code == 410


@pytest.mark.requirement("T-13", mutation="no check of Origin on the landing POST")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
def test_the_landing_post_needs_our_own_origin(alice: Administrator, origin: str) -> None:
    visitor = Visitor()
    landing = visitor.follow(token_for(alice))
    headers = {"origin": origin} if origin else {}
    answer = visitor.client.post(landing, headers={"host": "127.0.0.1", **headers})
    assert answer.status_code == 403
    assert visitor.sync_cookies == {}
    session_of(visitor.post(landing))  # and it was not spent


@pytest.mark.requirement("T-13", mutation="accepting the token in place of the handle")
def test_the_landing_post_needs_the_handle(alice: Administrator) -> None:
    token, visitor = token_for(alice), Visitor()
    assert visitor.post(LINK + token).status_code == 405
    assert visitor.post("/sync/start/" + token).status_code == 410
    assert visitor.sync_cookies == {}


@pytest.mark.parametrize("change", [{"active": False}, {"may_sync": False}, {"sees_credentials": True}])
@pytest.mark.requirement("T-07", mutation="not comparing versions in tokens.fault, and no revoking")
def test_a_token_dies_with_the_rights_it_was_asked_with(alice: Administrator, change: dict[str, bool]) -> None:
    token, visitor = token_for(alice), Visitor()
    actions.change_rights(administrator=alice, **change, actor=Actor(company_id=alice.company_id))
    assert visitor.sign_in(token).status_code == 410
    assert refusals(alice) == [("token.refused", "revoked")]


@pytest.mark.requirement("T-07", mutation="not looking at company.active in can_sign_in")
def test_a_token_dies_with_its_company(alice: Administrator) -> None:
    token = token_for(alice)
    Company.objects.filter(pk=alice.company_id).update(active=False)
    assert Visitor().sign_in(token).status_code == 410


def test_the_landing_page_may_be_framed_by_the_companys_pages_only(db: None) -> None:
    framed = world.company(frame_origins=["https://gym.example", "https://a.example; script-src *", "https://b.example:8443"])
    visitor = Visitor()
    page = visitor.get(visitor.follow(token_for(world.administrator(framed))))
    assert page["Content-Security-Policy"].endswith("frame-ancestors https://b.example:8443 https://gym.example")
    assert "X-Frame-Options" not in page


@pytest.mark.requirement("T-05", mutation="_own_session() leading back to sessions that have lapsed")
@pytest.mark.parametrize("how", ["idle", "over", "rights"])
def test_a_used_link_does_not_lead_back_to_a_session_that_has_lapsed(alice: Administrator, how: str) -> None:
    token, visitor = token_for(alice), Visitor()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = session_of(visitor.sign_in(token))
        if how == "rights":
            with scopes_disabled():
                Administrator.objects.filter(pk=alice.pk).update(version=F("version") + 1)
        for _ in range(4 if how == "over" else 0):
            clock.shift(timedelta(minutes=14))
            visitor.get(f"/sync/?s={session}")
        clock.shift(timedelta(minutes=0 if how == "rights" else 15))
        visitor.client.cookies.pop("landing", None)
        assert visitor.sign_in(token).status_code == 410

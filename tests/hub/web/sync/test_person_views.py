"""The page of one user's sync: what its link opens, what it starts, and what it never shows."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django_scopes import scope

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.administrators.models import Session
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.models import Run
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart

ONE = "/users/oneSyncUserLogin/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym([f"Person {number:02}" for number in range(30)])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def alice(club: Gym) -> User:
    return club.add("Alice", club.members)


def signed_in(club: Gym, user: User, location: Location | None = None) -> tuple[Visitor, HttpResponse]:
    """Somebody who followed the link for this user, and the page on which they landed."""
    token = issue_sync_token(
        administrator=club.administrator, actor=club.actor, user_id=user.pk, location_id=location.pk if location else None
    )
    visitor = Visitor()
    landed = visitor.sign_in(token, ONE)
    assert re.fullmatch(r"/sync/user/\?s=[\w-]{22}", landed["Location"])
    return visitor, visitor.get(landed["Location"])


def press(visitor: Visitor, page: HttpResponse, **more: str) -> HttpResponse:
    chosen = re.search(r'name="location" value="(\d*)" checked', page.content.decode())
    assert chosen
    return visitor.post("/sync/user/runs/", {**visitor.fields(page), "location": chosen[1], **more})


def sent(club: Gym, there: Counterpart, name: str) -> User:
    """Somebody new who is in the terminals by their own sync."""
    user = club.add(name, club.members)
    visitor, page = signed_in(club, user)
    press(visitor, page)
    with scope(company=club.company):
        there.work()
    return user


def text(page: HttpResponse) -> str:
    return page.content.decode()


def runs(club: Gym) -> int:
    with scope(company=club.company):
        return Run.objects.count()


def people(club: Gym, there: Counterpart) -> dict[str, set[object]]:
    return {each.name: {fields["name"] for fields in there.device(each).people().values()} for each in club.terminals}


@pytest.mark.requirement("I-04", mutation="in_scope() ignoring the user")
def test_the_run_adds_this_user_alone_and_says_what_still_waits(club: Gym, there: Counterpart, alice: User) -> None:
    visitor, page = signed_in(club, alice)
    run = press(visitor, page)
    with scope(company=club.company):
        there.work()

    assert people(club, there) == {"Gate": {"Alice"}, "Office": set(), "Pool": {"Alice"}}
    shown = text(visitor.get(run["Location"]))
    assert "2 additions are confirmed." in shown
    assert "30 changes still wait at Gate." in shown
    assert 'data-up-to-date="1"' in shown  # the office, for which nobody waits


@pytest.mark.requirement("I-06", mutation="removals limited to the user of the run")
def test_removals_of_others_go_along_and_are_foretold(club: Gym, there: Counterpart, alice: User) -> None:
    bob = sent(club, there, "Bob")
    sent(club, there, "Carol")  # so that nothing is emptied, which the guard would stop
    club.remove(bob)

    visitor, page = signed_in(club, alice)
    assert "2 removals of other people wait." in text(page)
    press(visitor, page)
    with scope(company=club.company):
        there.work()
    assert people(club, there)["Gate"] == {"Alice", "Carol"}


def test_a_location_limits_where_it_is_sent(club: Gym, there: Counterpart, alice: User) -> None:
    visitor, page = signed_in(club, alice, club.locations[0])
    press(visitor, page)
    with scope(company=club.company):
        there.work()

    assert people(club, there) == {"Gate": {"Alice"}, "Office": set(), "Pool": set()}


@pytest.mark.requirement("T-03", mutation="the run started by the page's GET")
def test_the_page_starts_by_itself_only_where_the_link_named_a_location_and_only_once(
    club: Gym, there: Counterpart, alice: User
) -> None:
    _, chosen = signed_in(club, alice)
    assert "user.js" not in text(chosen)

    visitor, page = signed_in(club, alice, club.locations[0])
    assert "sync/user.js" in text(page)
    assert 'method="post"' in text(page)  # without script there is the button
    assert runs(club) == 0
    press(visitor, page)
    assert runs(club) == 1
    assert "user.js" not in text(visitor.get(str(page.wsgi_request.get_full_path())))  # type: ignore[attr-defined]  # of Django's test client


def test_a_link_followed_twice_in_one_browser_leads_back_to_its_page(club: Gym, alice: User) -> None:
    token = issue_sync_token(administrator=club.administrator, actor=club.actor, user_id=alice.pk)
    visitor = Visitor()
    assert visitor.sign_in(token, ONE)["Location"] == visitor.sign_in(token, ONE)["Location"]
    assert Visitor().post(Visitor().follow(token, ONE)).status_code == 410


@pytest.mark.parametrize("link", [ONE, "/users/totalSyncUsersLogin/", "/users/totalSyncUserLogin/"])
def test_what_a_token_opens_lies_in_the_token(club: Gym, alice: User, link: str) -> None:
    token = issue_sync_token(administrator=club.administrator, actor=club.actor, user_id=alice.pk)
    assert Visitor().sign_in(token, link)["Location"].startswith("/sync/user/")
    assert Visitor().sign_in(token_for(club.administrator), link)["Location"].startswith("/sync/?")


@pytest.mark.requirement("T-09", mutation='"user" among the kinds that needs_sign_in lets in; or found_run() without its check')
def test_the_session_opens_the_pages_of_its_user_and_nothing_else(club: Gym, there: Counterpart, alice: User) -> None:
    bob = club.add("Bob", club.members)
    other, page = signed_in(club, bob)
    bobs = press(other, page)["Location"].split("?")[0]
    visitor, page = signed_in(club, alice)
    fields = visitor.fields(page)
    mine = press(visitor, page)["Location"].split("?")[0]

    gate, query = club.terminals[0], f"s={fields['session']}"
    for address in ("/sync/", "/sync/plan/", "/sync/people/", "/sync/find/", f"/sync/terminals/{gate.public_id}/", "/agents/"):
        assert visitor.get(f"{address}?{query}").status_code == 404, address
    for address in ("/sync/filter/", "/sync/runs/", f"/sync/terminals/{gate.public_id}/strangers/"):
        assert visitor.post(address, {**fields, "mode": "changes"}).status_code == 404, address
    for address in (bobs, f"{bobs}events/"):
        assert visitor.get(f"{address}?{query}").status_code == 404
    assert visitor.post(f"{bobs}retry/", fields).status_code == 404
    assert visitor.post("/sync/user/runs/", {**fields, "user": str(bob.pk)}).status_code == 404
    assert visitor.get(f"/sync/user/?{query}&user={bob.pk}").status_code == 404
    assert visitor.get(f"{mine}?{query}").status_code == 200
    assert visitor.get("/")["Location"].startswith("/sync/user/")


def test_a_session_for_all_opens_the_page_of_anybody_in_its_company(club: Gym, alice: User) -> None:
    stranger = gym(["Mallory"], other=True)
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    assert "Alice" in text(visitor.get(f"/sync/user/?user={alice.pk}"))
    with scope(company=stranger.company):
        mallory = User.objects.get()
    for wrong in (f"?user={mallory.pk}", "?user=0", "", f"?user={alice.pk}&location={stranger.locations[0].pk}"):
        assert visitor.get(f"/sync/user/{wrong}").status_code == 404, wrong


def test_whoever_finds_somebody_is_led_to_their_sync(club: Gym, alice: User) -> None:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    found = re.search(r'href="(/sync/user/[^"]+)"', text(visitor.get("/sync/find/?q=Alice")))
    assert found
    assert "Synchronize user" in text(visitor.get(found[1].replace("&amp;", "&")))


def test_a_user_who_was_deleted_meanwhile_can_still_be_removed_from_the_terminals(club: Gym, there: Counterpart) -> None:
    sent(club, there, "Carol")
    bob = sent(club, there, "Bob")
    visitor, page = signed_in(club, bob, club.locations[0])
    club.remove(bob)

    page = visitor.get(str(page.wsgi_request.get_full_path()))  # type: ignore[attr-defined]  # of Django's test client
    assert "No longer in the software." in text(page)
    press(visitor, page)
    with scope(company=club.company):
        there.work()
    assert people(club, there)["Gate"] == {"Carol"}


@pytest.mark.requirement("R-06", mutation="NeedsConfirmation not caught; or starting by itself over the guard")
def test_over_the_guard_the_number_is_typed_first(club: Gym, there: Counterpart, alice: User) -> None:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    fields = visitor.fields(visitor.get("/sync/"))
    visitor.post("/sync/runs/", {**fields, "mode": "changes", "location": [place.pk for place in club.locations]})
    with scope(company=club.company):
        there.work()
        for user in User.objects.exclude(pk=alice.pk)[:25]:
            club.remove(user)

    visitor, page = signed_in(club, alice, club.locations[0])
    assert "user.js" not in text(page)
    assert "25 removals in all. Type 25 to confirm." in text(page)
    assert press(visitor, page).status_code == 409
    wrong = press(visitor, page, confirmed="24")
    assert "That is not 25. Nothing was sent." in text(wrong)
    assert press(visitor, page, confirmed="25").status_code == 302


def test_signing_out_ends_the_session(club: Gym, alice: User) -> None:
    visitor, page = signed_in(club, alice)
    assert visitor.post("/sign-out/", visitor.fields(page)).status_code == 303
    with scope(company=club.company):
        assert Session.objects.get().end_reason == "sign-out"


def test_a_link_to_a_location_without_terminals_opens_a_page_that_says_so(club: Gym, alice: User) -> None:
    _, page = signed_in(club, alice, world.location(club.company, "Attic"))

    assert page.status_code == 200
    assert "The filter chooses no terminal." in text(page)
    assert runs(club) == 0

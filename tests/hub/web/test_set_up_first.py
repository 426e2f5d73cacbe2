"""Whoever owes their company a second factor: every page leads to setting one up, and programs notice nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope

from doorsync.hub.administrators import passkey_challenges
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.actions import change_company
from tests.factories.gym import Gym, gym
from tests.factories.passkeys import with_passkey
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import Visitor, session_of, token_for
from tests.hub.web.test_levels import TABLE, Place, _place

SET_UP = "/account/second-factor/"
OPEN = {"set-up-factor", "second-factor-on", "passkey-challenge", "add-passkey", "make-passkey"}


@pytest.fixture
def place(db: None) -> Place:
    return _place(gym(["Alice"]))


@pytest.fixture
def club(place: Place) -> Iterator[Gym]:
    with scope(company=place.club.company):
        change_company(company=place.club.company, actor=place.club.actor, demands_second_factor=True)
        yield place.club


def signed_in(administrator: Administrator) -> tuple[Visitor, dict[str, str]]:
    visitor = Visitor()
    answer = visitor.sign_in_fully(administrator.company.slug, administrator.username)
    assert answer.status_code == 303
    return visitor, visitor.fields(visitor.get(SET_UP))


@pytest.mark.requirement("W-04", mutation="signed_in.sets_up left out of the gate")
def test_every_page_leads_to_setting_one_up(place: Place, club: Gym) -> None:
    visitor, proof = signed_in(club.administrator)
    for name, may in TABLE.items():
        address = reverse(name, args=[place.ids[each] for each in may.of.split(",") if each])
        fields = {key: value.format(**place.ids) for key, value in may.fields.items()}
        reads = visitor.get(address) if may.reads is not None else None
        writes = visitor.post(address, proof | fields) if may.posts is not None else None
        for answer in filter(None, (reads, writes)):
            led = (answer.status_code, answer.get("Location")) == (303, SET_UP)
            assert led == (name.removeprefix("account:") not in OPEN), f"{name}: {answer.status_code} {answer.get('Location')}"


def test_app_is_set_up_and_opens_the_pages(club: Gym) -> None:
    visitor, _ = signed_in(club.administrator)
    page = visitor.get(SET_UP).content.decode()
    assert "/account/second-factor/on/" in page
    assert "/account/passkeys/add/" in page
    assert "/people/" not in page, "there is no menu"
    offered = visitor.get("/account/second-factor/on/")
    letters = offered.content.decode().split('id="secret">')[1].split("<")[0]
    app = App(letters.replace(" ", ""))
    fields = {**visitor.fields(offered), "code": app.code(0), "present": "passwrod"}
    assert visitor.post("/account/second-factor/on/", fields).status_code == 200
    assert visitor.get("/people/").status_code == 200
    assert visitor.get(SET_UP)["Location"] == "/account/"


def test_sign_in_page_and_signing_out_stay_open(club: Gym) -> None:
    visitor, proof = signed_in(club.administrator)
    assert visitor.get("/sign-in/").status_code == 200
    assert visitor.post("/sign-out/", proof)["Location"] == "/signed-out/"
    assert visitor.get("/people/").status_code == 303


def test_whoever_has_one_notices_nothing(club: Gym) -> None:
    with_app(club.administrator)
    visitor = Visitor()
    assert visitor.sign_in_fully(club.company.slug)["Location"] == "/sign-in/code/"


def test_sessions_from_before_go_on(place: Place, club: Gym) -> None:
    assert place.visitors["owner"].get("/people/").status_code == 200


@pytest.mark.requirement("S-01", mutation="owes_factor asked in open_session too")
def test_programs_and_sign_in_links_are_unchanged(club: Gym) -> None:
    visitor = Visitor()
    session = session_of(visitor.sign_in(token_for(club.administrator)))
    assert visitor.get(f"/sync/?s={session}").status_code == 200


def test_last_one_is_not_turned_off(club: Gym) -> None:
    device, passkey = with_passkey(club.administrator)
    visitor = Visitor()
    visitor.post("/sign-in/passkey/challenge/")
    cookie = {"passkey": visitor.client.cookies["passkey"].value}
    answer = device.use(passkey_challenges.open_challenge(cookie, passkey_challenges.SIGN_IN))
    assert visitor.post("/sign-in/passkey/", {"passkey": answer}).status_code == 303
    proof = visitor.fields(visitor.get("/account/"))
    assert "you are asked for one of your passkeys" in visitor.get("/account/").content.decode()
    assert visitor.post(f"/account/passkeys/{passkey.pk}/remove/", {**proof, "present": "passwrod"}).status_code == 303
    assert "this is your last one" in visitor.get("/account/").content.decode()


def test_owner_demands_it_in_the_settings(place: Place) -> None:
    owner, proof = place.visitors["owner"], place.proofs["owner"]
    page = owner.get("/settings/").content.decode()
    assert "Programs and sign-in links are not asked for one." in page
    fields = {"name": "Gym", "token_seconds": "300", "guard_people": "20", "guard_percent": "10", "demands_second_factor": "on"}
    assert "still without a second factor" not in owner.get("/administrators/").content.decode()
    assert owner.post("/settings/", {**proof, **fields}).status_code == 303
    place.club.company.refresh_from_db()
    assert place.club.company.demands_second_factor
    assert "still without a second factor" in owner.get("/administrators/").content.decode()

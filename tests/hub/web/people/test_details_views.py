"""Adding and editing a person: what is typed is kept on error, and nobody writes over what somebody else changed meanwhile."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.audit.models import Entry
from doorsync.hub.users.models import Credential, InfoField, User, UserLocation
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def anna(club: Gym) -> User:
    return club.add("Vries", club.members, first_name="Anna", insertion="de", card="123456", expires="2027-01-01T00:00")


def filled(visitor: Visitor, address: str, **changes: Any) -> dict[str, Any]:
    """The form as a browser would send it after these changes."""
    page = visitor.get(address)
    fields: dict[str, Any] = {name: unescape(value) for name, value in visitor.fields(page).items()}
    form: Any = page.context["form"]  # type: ignore[attr-defined]  # the test client's response
    for name in form.fields:
        value = form[name].value()
        fields[name] = [str(pk) for pk in value or []] if name == "groups" else value or ""
    return {**fields, **changes}


def saved(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_person_is_added_with_card_and_group(visitor: Visitor, club: Gym) -> None:
    fields = {**visitor.fields(visitor.get("/people/add/")), "first_name": "Bob", "last_name": "Jansen", "cards": "77"}
    answer = visitor.post("/people/add/", {**fields, "groups_shown": "1", "groups": [club.members.pk], "expires": "2030-06-30"})
    bob = User.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/people/{bob.number}/")
    assert (bob.full_name, bob.expires, credentials_of(bob)) == ("Bob Jansen", "2030-07-01T00:00", {"card": frozenset({"77"})})
    assert list(bob.groups.all()) == [club.members]
    page = visitor.get(answer["Location"]).content.decode()
    assert "Bob Jansen was saved. Waits for Sync: Gate, Pool." in page
    assert "was saved" not in visitor.get(answer["Location"]).content.decode()


def test_who_has_no_credential_is_told_so(visitor: Visitor, club: Gym) -> None:
    answer = visitor.post("/people/add/", {**visitor.fields(visitor.get("/people/add/")), "last_name": "Bare"})
    assert "no card, PIN or other credential yet" in visitor.get(answer["Location"]).content.decode()


@pytest.mark.requirement("D-05", mutation="the card number drawn again in its field")
def test_on_a_fault_all_faults_are_told_and_only_secrets_are_asked_for_again(visitor: Visitor, club: Gym) -> None:
    fields = {"first_name": "Bob", "email": "nonsense", "expires": "2030-06-30", "cards": "987654", "pin": "12a4"}
    answer = visitor.post("/people/add/", {**visitor.fields(visitor.get("/people/add/")), **fields})
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in (
        "last name is missing",
        "Not a valid e-mail address",
        "A PIN has 1 to 16 digits",
        'value="Bob"',
        'value="2030-06-30"',
    ):
        assert told in page
    assert "987654" not in page
    assert "12a4" not in page
    assert not User.objects.exists()


def test_a_card_that_is_taken_says_whose_it_is(visitor: Visitor, anna: User) -> None:
    fields = {**visitor.fields(visitor.get("/people/add/")), "last_name": "Thief", "cards": "123456"}
    page = visitor.post("/people/add/", fields).content.decode()
    assert f"belongs to Anna de Vries (number {anna.number}), who keeps it" in page
    assert "123456" not in page


def test_the_form_shows_what_is_there_and_saves_what_is_changed(visitor: Visitor, anna: User, club: Gym) -> None:
    address = f"/people/{anna.number}/"
    fields = filled(visitor, address)
    assert (fields["last_name"], fields["expires"], fields["groups"]) == ("Vries", "2026-12-31", [str(club.members.pk)])
    answer = visitor.post(address, {**fields, "phone": "06 1", "groups": [], "starts": "2026-01-05", "starts_time": "08:30"})
    assert answer.status_code == 303
    after = saved(anna)
    assert (after.phone, after.starts, after.expires, after.groups.count()) == ("06 1", "2026-01-05T08:30", "2027-01-01T00:00", 0)


@pytest.mark.requirement("D-01", mutation="a field that was not sent taken for an empty one")
def test_what_the_browser_does_not_send_stays_as_it_is(visitor: Visitor, anna: User) -> None:
    address = f"/people/{anna.number}/"
    fields = filled(visitor, address)
    sent = {name: fields[name] for name in ("session", "proof", "seen")}
    assert visitor.post(address, {**sent, "phone": "06 1"}).status_code == 303
    after = saved(anna)
    assert (after.first_name, after.expires, after.groups.count(), after.phone) == ("Anna", "2027-01-01T00:00", 1, "06 1")


def test_a_form_with_stale_data_is_refused_with_both_values(visitor: Visitor, anna: User, club: Gym) -> None:
    address = f"/people/{anna.number}/"
    fields = filled(visitor, address, phone="06 2")
    visitor.post(address, filled(visitor, address, last_name="Jong", groups=[str(club.staff.pk)]))
    answer = visitor.post(address, fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    for told in ("changed this to “Jong” meanwhile", "changed this to “Staff” meanwhile", 'value="Vries"', 'value="06 2"'):
        assert told in page
    assert (saved(anna).last_name, saved(anna).phone) == ("Jong", "")
    again = {**fields, "seen": unescape(visitor.fields(answer)["seen"])}
    assert visitor.post(address, again).status_code == 303
    assert (saved(anna).last_name, saved(anna).phone) == ("Vries", "06 2")


def test_without_what_was_seen_nothing_is_saved(visitor: Visitor, anna: User) -> None:
    address = f"/people/{anna.number}/"
    for seen in ("", "[]", "nonsense"):
        assert visitor.post(address, filled(visitor, address, last_name="Jong", seen=seen)).status_code == 409
    assert saved(anna).last_name == "Vries"


def test_labelled_info_fields_are_asked_for(visitor: Visitor, anna: User, club: Gym) -> None:
    InfoField.objects.create(company=club.company, number=3, label="Locker")
    address = f"/people/{anna.number}/"
    fields = filled(visitor, address)
    assert "info4" not in fields
    visitor.post(address, {**fields, "info3": "12"})
    assert saved(anna).info3 == "12"


def test_a_save_without_a_change_writes_nothing(visitor: Visitor, anna: User) -> None:
    address = f"/people/{anna.number}/"
    fields, before = filled(visitor, address), saved(anna).updated_at
    visitor.post(address, fields)
    assert saved(anna).updated_at == before
    assert not Entry.objects.filter(event="user.changed").exists()


@pytest.mark.requirement("W-04", mutation="all groups offered to whoever is limited")
def test_whoever_is_limited_gives_no_access_elsewhere(visitor: Visitor, club: Gym) -> None:
    desk = world.administrator(club.company, username="desk")
    north, south = club.locations
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [north]), actor=club.actor)
    limited, bob = Visitor(), world.user(club.company, "Bob")
    limited.sign_in_fully(club.company.slug, "desk")
    address = f"/people/{bob.number}/"
    form = limited.get(address).context["form"]  # type: ignore[attr-defined]  # the test client's response
    assert form.fields["groups"].choices == []  # both groups open the pool in the South
    fields = limited.fields(limited.get(address))
    assert limited.post(address, {**fields, "groups": [club.members.pk]}).status_code == 422
    UserLocation.objects.create(company=club.company, user=bob, location=south)
    UserLocation.objects.create(company=club.company, user=bob, location=north)
    assert limited.post(address, filled(limited, address, phone="1")).status_code == 403
    assert not bob.groups.exists()
    assert not Credential.objects.exists()


def limited_desk(club: Gym) -> Visitor:
    """Somebody at the front desk of North."""
    desk = world.administrator(club.company, username="desk")
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    made = Visitor()
    made.sign_in_fully(club.company.slug, "desk")
    return made


@pytest.mark.requirement("W-04", mutation="`may_change_user` without the groups of the person")
@pytest.mark.parametrize("fields", [{"active": False}, {"expires": "2020-01-01T00:00"}])
def test_whoever_is_limited_lets_nobody_in_elsewhere_again(club: Gym, fields: dict[str, Any]) -> None:
    anna = club.add("Anna", club.members, **fields)  # of a group that opens North and South; no door holds her now
    desk = limited_desk(club)
    page = desk.get(f"/people/{anna.number}/")
    sent = {**desk.fields(page), "seen": unescape(desk.fields(page).get("seen", "")), "expires": "2040-01-01"}
    assert desk.post(f"/people/{anna.number}/", sent).status_code == 403
    assert desk.post(f"/people/{anna.number}/reinstate/", sent).status_code == 403
    anna.refresh_from_db()
    assert {name: getattr(anna, name) for name in fields} == fields


@pytest.mark.requirement("W-04", mutation="`told_faults` always with names")
def test_whoever_is_limited_is_not_told_whose_card_it_is(visitor: Visitor, club: Gym) -> None:
    south = world.group(club.company, "South only")
    world.right(south, world.zone(club.company, "South pool", club.terminals[2]), club.always)
    club.add("Southerner", south, card="4711")
    mine = club.add("Mine")
    desk = limited_desk(club)
    for sender, named in ((visitor, True), (desk, False)):
        proof = sender.fields(sender.get("/people/add/"))
        for address, fields in (
            ("/people/add/", {"last_name": "Other", "cards": "4711"}),
            (f"/people/{mine.number}/credentials/add/card/", {"value": "4711"}),
        ):
            answer = sender.post(address, {**proof, **fields})
            assert answer.status_code == 422
            assert "who keeps it" in answer.content.decode()
            assert ("Southerner" in answer.content.decode()) == named


@pytest.mark.requirement("W-04", mutation="`visible_users` without the groups")
def test_whoever_is_limited_does_not_see_who_is_suspended_elsewhere(club: Gym) -> None:
    south = world.group(club.company, "South only")
    world.right(south, world.zone(club.company, "South pool", club.terminals[2]), club.always)
    club.add("Southerner", south, active=False)
    club.add("Both", club.members, active=False)
    club.add("Nobodys")
    page = limited_desk(club).get("/people/").content.decode()
    assert ("Southerner" in page, "Both" in page, "Nobodys" in page) == (False, True, True)


def test_brackets_without_end_are_a_conflict_and_no_error(visitor: Visitor, club: Gym) -> None:
    anna = club.add("Anna")
    address = f"/people/{anna.number}/"
    answer = visitor.post(address, {**visitor.fields(visitor.get(address)), "last_name": "Other", "seen": "[" * 100_000})
    assert answer.status_code == 409
    anna.refresh_from_db()
    assert anna.last_name == "Anna"


@pytest.mark.requirement("W-02", mutation="a form that is sent twice is taken for a conflict with somebody else")
def test_a_form_that_is_sent_twice_is_no_conflict_with_itself(visitor: Visitor, anna: User, club: Gym) -> None:
    address = f"/people/{anna.number}/"
    fields = filled(visitor, address, last_name=" Jong ", expires="2027-06-30", groups=[str(club.staff.pk)])
    assert visitor.post(address, fields).status_code == visitor.post(address, fields).status_code == 303

    visitor.post(address, filled(visitor, address, last_name="Smit"))
    assert visitor.post(address, fields).status_code == 409
    assert saved(anna).last_name == "Smit"


@pytest.mark.requirement("W-02", mutation="a form that is sent twice adds two people")
def test_a_new_person_that_is_sent_twice_is_added_once(visitor: Visitor, club: Gym) -> None:
    fields = filled(visitor, "/people/add/", first_name="Eva", last_name="Evers", expires="2027-06-30", card="5550001")
    first, second = (visitor.post("/people/add/", fields) for _ in range(2))
    assert (first.status_code, second.status_code, first["Location"]) == (303, 303, second["Location"])
    assert User.objects.filter(last_name="Evers").count() == 1

    assert visitor.post("/people/add/", {**fields, "first_name": "Ida", "card": ""}).status_code == 303
    anew = filled(visitor, "/people/add/", first_name="Eva", last_name="Evers", expires="2027-06-30")
    assert visitor.post("/people/add/", anew).status_code == 303  # another one of the same name, by a form of her own
    assert User.objects.filter(last_name="Evers").count() == 3

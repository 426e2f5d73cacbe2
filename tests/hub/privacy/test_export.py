"""All that the hub has of a person, in one file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from doorsync.domain.door_events import EventCode, Reason
from doorsync.hub.administrators.rules import CredentialView
from doorsync.hub.audit.models import Entry
from doorsync.hub.privacy.export import export_person
from doorsync.hub.privacy.person_file import PersonFile
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.bulk_edits import BulkAction, edit_many
from doorsync.hub.users.credential_edits import report_lost
from doorsync.hub.users.info_fields import change_info_field
from doorsync.hub.users.models import User, UserLocation
from doorsync.hub.visitors.models import Visit
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.events.logs import Site, event

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def anna(club: Gym) -> User:
    fields = {"first_name": "Anna", "insertion": "de", "email": "anna@example.com", "phone": "+31 6 1", "info2": "left-handed"}
    return club.add("Vries", club.members, card="1234567890", pin="4321", **fields)


def exported(club: Gym, user: User, view: CredentialView = CredentialView.SHOWN) -> PersonFile:
    """As anybody reads it who was given the file."""
    user = User.objects.select_related("company").get(pk=user.pk)
    return PersonFile.model_validate_json(export_person(user=user, view=view, actor=club.actor).model_dump_json())


@pytest.mark.requirement("P-01", mutation="`export_person` without the info fields")
def test_the_file_has_every_field_and_what_belongs_to_the_person(club: Gym, anna: User) -> None:
    change_info_field(company=club.company, number=2, label="Remarks", actor=club.actor)
    UserLocation.objects.create(company=club.company, user=anna, location=club.locations[0])
    report_lost(user=anna, credential_id=anna.credentials.get(kind="card").pk, actor=club.actor)
    world.credential(anna, "card", "99887766")

    made = exported(club, anna)

    assert (made.person.first_name, made.person.insertion, made.person.last_name) == ("Anna", "de", "Vries")
    assert (made.person.email, made.person.phone, made.person.number) == ("anna@example.com", "+31 6 1", anna.number)
    assert [(each.label, each.value) for each in made.info_fields] == [("Remarks", "left-handed")]
    assert (made.groups, made.locations) == (["Members"], ["North"])
    assert {(each.kind, each.value) for each in made.credentials} == {("pin", "4321"), ("card", "99887766")}
    assert [(each.kind, each.value) for each in made.lost_credentials] == [("card", "1234567890")]


def test_every_column_of_a_user_is_in_the_file() -> None:
    columns = {field.name for field in User._meta.concrete_fields if not field.generated} - {"id", "company"}
    named = set(PersonFile.model_fields["person"].annotation.model_fields)  # type: ignore[union-attr]
    assert {name for name in columns if not name.startswith("info")} == named


@pytest.mark.parametrize(
    ("view", "card", "pin"),
    [
        (CredentialView.SHOWN, "1234567890", "4321"),
        (CredentialView.MASKED, "••••90", "••••"),
        (CredentialView.HIDDEN, "••••", "••••"),
    ],
)
def test_credentials_are_masked_as_on_the_page(club: Gym, anna: User, view: CredentialView, card: str, pin: str) -> None:
    made = exported(club, anna, view)
    assert made.credentials_shown == view.value
    assert {each.kind: each.value for each in made.credentials} == {"card": card, "pin": pin}


def test_doors_log_and_revocations_are_in_the_file(club: Gym, anna: User) -> None:
    Holding.objects.filter(user_id=anna.pk, terminal_id=club.terminals[0].pk).update(held=b"x" * 16, held_since=NOON)
    at = Site(club.company, club.agent, club.terminals[0])
    Terminal.objects.filter(pk=at.terminal.pk).update(pinned_at=NOON)
    refused: dict[str, Any] = {"code": EventCode.DENIED, "reason": Reason.UNKNOWN}
    at.terminal.refresh_from_db()
    at.take(event(1, str(anna.number)), event(2, card="1234567890", **refused), event(3, card="5", **refused), serial="")
    note_revocations(
        club.terminals[1],
        [Removed(number=anna.number, name="Anna de Vries", since=NOON)],
        Evidence.REMOVED,
        NOON + timedelta(seconds=9),
    )

    made = exported(club, anna)

    assert [(each.door, each.should_hold, each.holds) for each in made.doors] == [("Gate", True, "yes"), ("Pool", True, "no")]
    assert [each.number for each in made.access_log] == [1, 2], "their own, and that of their card"
    assert [(each.door, each.confirmed_at) for each in made.revocations] == [("Office", NOON + timedelta(seconds=9))]


def test_visits_are_in_the_file_and_other_people_are_not(club: Gym, anna: User) -> None:
    guest = world.user(club.company, "Guest")
    times = {"starts": "2026-06-10T12:00", "ends": "2026-06-10T13:00", "over_at": timezone.now()}
    Visit.objects.create(company=club.company, user=guest, host=anna, **times)
    Visit.objects.create(company=club.company, user=anna, host_name="Bob", groups=[club.members.pk], **times)

    made = exported(club, anna)

    assert [(each.host, each.groups) for each in made.visits] == [("Bob", ["Members"])]
    assert len(made.visits_received) == 1
    assert "Guest" not in made.model_dump_json()


def test_what_was_done_to_the_person_is_in_the_file(club: Gym, anna: User) -> None:
    other = club.add("Other", club.members)
    edit_many(company=club.company, users=[anna, other], action=BulkAction(name="suspend"), actor=club.actor)

    made = exported(club, anna)

    assert [(each.action, each.before, each.after) for each in made.changes_together] == [("suspend", True, False)]
    assert [each.event for each in made.changes] == ["user.changed", "user.exported"]
    assert Entry.objects.filter(event="user.exported", subject__user=anna.pk).exists()
    assert "Other" not in json.dumps(made.model_dump(mode="json"))

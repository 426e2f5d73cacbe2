"""A person with something in every field and table that the hub has for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from django.utils import timezone

from doorsync.domain.door_events import EventCode, Reason
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.actions import create_user
from doorsync.hub.users.bulk_edits import BulkAction, edit_many
from doorsync.hub.users.credential_edits import add_credential, report_lost
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.import_files import keep_upload
from doorsync.hub.users.models import Credential, User
from doorsync.hub.visitors.models import Visit
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.events.logs import Site, event

CARD, LOST, PIN = "7734210099", "7734210098", "91827364"
WORDS = ["Zephyrine", "Quackenbush", CARD, LOST, PIN, "+31 6 99887711", "zq-4711", "5577331199"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIELDS = {
    "external_id": "zq-4711",
    "first_name": "Zephyrine",
    "insertion": "van Zephyrine",
    "last_name": "Quackenbush",
    "email": "zephyrine@example.com",
    "phone": "+31 6 99887711",
    "contractor_code": "5577331199",
    "contractor_name": "Quackenbush Ltd",
    **{f"info{number}": f"Zephyrine {number}" for number in range(1, 15)},
}


def zephyrine(club: Gym) -> User:
    """A member with a card, a lost card and a PIN, who was changed together with others."""
    credentials = {"card": frozenset({LOST}), "pin": frozenset({PIN})}
    made = {**FIELDS, "groups": frozenset({club.members.pk}), "credentials": credentials}
    user = create_user(company=club.company, actor=club.actor, **cast("Fields", made))
    report_lost(user=user, credential_id=Credential.objects.get(user=user, kind="card").pk, actor=club.actor)
    add_credential(user=user, kind="card", value=CARD, actor=club.actor)
    edit_many(company=club.company, users=[user], action=BulkAction(name="ends", ends="2099-12-31"), actor=club.actor)
    return User.objects.select_related("company").get(pk=user.pk)


def traces_of(club: Gym, user: User, terminal: Terminal) -> None:
    """What others left of them: visits, events, a revocation, a file of people."""
    guest = world.user(club.company, f"Guest {user.pk}")
    times: dict[str, Any] = {"starts": "2026-06-10T12:00", "ends": "2026-06-10T13:00", "over_at": timezone.now()}
    Visit.objects.create(company=club.company, user=guest, host=user, host_name=user.full_name, **times)
    Visit.objects.create(company=club.company, user=guest, host=user, host_name="Zephyrine, as she was called then", **times)
    Visit.objects.create(company=club.company, user=guest, host_name=user.full_name.upper(), **times)
    Visit.objects.create(company=club.company, user=user, host_name="Bob", **times)
    Terminal.objects.filter(pk=terminal.pk).update(pinned_at=LONG_AGO)
    at_the_door(club, user, terminal, 1)
    note_revocations(terminal, [Removed(number=user.number, name=user.full_name, since=None)], Evidence.REMOVED, timezone.now())
    upload = Upload("people.csv", b"id;last_name\nzq-4711;QUACKENBUSH\n")
    keep_upload(company=club.company, upload=upload, options={}, actor=club.actor)


def at_the_door(club: Gym, user: User, terminal: Terminal, position: int) -> None:
    """They were let in, and their lost card was refused after that."""
    here = Terminal.objects.select_related("location", "company", "agent").get(pk=terminal.pk)
    refused: dict[str, Any] = {"code": EventCode.DENIED, "reason": Reason.UNKNOWN, "card": LOST}
    events = event(position, str(user.number)), event(position + 1, **refused)
    Site(club.company, club.agent, here).take(*events, serial=here.serial)

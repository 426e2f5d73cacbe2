"""The shape of the file with all that the hub has of a person. Its JSON Schema is docs/reference/person-file.schema.json."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

TYPE: Literal["doorsync-person"] = "doorsync-person"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Details(_Part):
    """The person's own fields. `starts` and `expires` are wall clocks at each location, or empty."""

    number: int
    external_id: str
    first_name: str
    insertion: str
    last_name: str
    email: str
    phone: str
    starts: str
    expires: str
    active: bool
    visitor: bool
    admin: bool
    security: bool
    contractor_code: str
    contractor_name: str
    updated_at: datetime


class InfoValue(_Part):
    """One of the company's own fields that says something of the person."""

    number: int
    label: str
    value: str


class CredentialValue(_Part):
    """A card, PIN, QR code or licence plate. `value`: as much as may be seen by whoever made the file; null: unreadable."""

    kind: str
    value: str | None
    lost_at: datetime | None = None
    ends_at: datetime | None = None


class VisitPart(_Part):
    """A visit of the person. `starts` and `ends` are wall clocks."""

    host: str
    state: str
    starts: str
    ends: str
    weekly_until: date | None
    groups: list[str]
    arrived_at: datetime | None
    ended_at: datetime | None


class VisitReceived(_Part):
    """A visit that the person received. Who came is not named: that is another person's data."""

    state: str
    starts: str
    ends: str


class Holds(StrEnum):
    """Whether a door holds the person."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Door(_Part):
    """A terminal that holds the person or should."""

    door: str
    location: str
    serial: str
    should_hold: bool
    holds: Holds
    since: datetime | None
    refused: bool


class RevocationPart(_Part):
    """When the person was read back as out of a terminal."""

    door: str
    serial: str
    should_be_out_since: datetime | None
    confirmed_at: datetime
    evidence: str


class LogEntry(_Part):
    """One event of the access log: the person at a door, or one of their cards where nobody had it."""

    number: int
    at: datetime
    wall: str
    zone: str
    terminal: str
    door: int
    code: str
    reason: str
    used: str


class Change(_Part):
    """What the audit says was done to the person. `via`: by which way, such as a sign-in or a program."""

    number: int
    at: datetime
    event: str
    via: str


class ChangeTogether(_Part):
    """What a change of several people at once put into one field, and what was there before."""

    at: datetime
    action: str
    before: Any
    after: Any
    undone_at: datetime | None


class PersonFile(_Part):
    """All that a hub has of one person."""

    type: Literal["doorsync-person"] = TYPE
    version: Literal[1] = 1
    company: str
    hub: str
    made_at: datetime
    credentials_shown: Literal["hidden", "masked", "shown"]
    person: Details
    info_fields: list[InfoValue]
    groups: list[str]
    locations: list[str]
    credentials: list[CredentialValue] = Field(repr=False)
    lost_credentials: list[CredentialValue] = Field(repr=False)
    visits: list[VisitPart]
    visits_received: list[VisitReceived]
    doors: list[Door]
    revocations: list[RevocationPart]
    access_log: list[LogEntry]
    changes: list[Change]
    changes_together: list[ChangeTogether]

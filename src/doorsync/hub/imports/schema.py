"""The schema of company files. Whether the names that refer to each other exist is checked afterwards."""

from __future__ import annotations

import re
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from doorsync.domain.holidays import Holiday
from doorsync.domain.text import bad_character, is_visible, normalized_text
from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.holiday_actions import MOST as MOST_HOLIDAYS
from doorsync.hub.access.holiday_lines import holiday_of
from doorsync.hub.access.hours import DATES, Slot, slots_of
from doorsync.hub.administrators import normalization
from doorsync.hub.companies.actions import check_code, check_time_zone
from doorsync.hub.companies.errors import UnknownTimeZone, WeakCode
from doorsync.hub.imports.web_addresses import checked_address, origin_of
from doorsync.hub.sync.models import Mode

SHORTENED_ID = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _listed(value: Any) -> Any:
    """Accept a single value in place of a list."""
    return ([value] if value else []) if isinstance(value, str) else value


def _flag(value: Any) -> bool:
    """Also an empty cell is neither: nobody is let in or out by an oversight."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (word := value.strip().casefold()) in FLAGS:
        return FLAGS[word]
    raise ValueError(_("Write yes or no."))


def _code(value: str) -> str:
    try:
        check_code(value)
    except WeakCode as error:
        raise ValueError(str(error)) from error
    return value


def _hours(value: list[str]) -> list[str]:
    try:
        slots_of(value)
    except BadHours as error:
        raise ValueError(str(error)) from error
    return value


def _days(value: str) -> str:
    try:
        holiday_of(value)
    except BadHours as error:
        raise ValueError(str(error)) from error
    return value


def _time_zone(value: str) -> str:
    try:
        check_time_zone(value)
    except UnknownTimeZone as error:
        raise ValueError(str(error)) from error
    return value


def _text(value: str) -> str:
    text = _shown(normalized_text(value))
    if text and not is_visible(text):
        raise ValueError(_("It has no letter that can be seen."))
    return text


def _shown(value: str) -> str:
    if bad := bad_character(value):
        raise ValueError(_("It has a character that cannot be kept: %(bad)s. Delete it.") % {"bad": bad})
    return value


def _whole_id(value: str) -> str:
    """Several ids that a spreadsheet has shortened become one, and none of them is that of anybody."""
    if SHORTENED_ID.fullmatch(value):
        raise ValueError(_("A spreadsheet has shortened this id. Format the column as text, and enter the whole id."))
    return value


HOLIDAYS = {"except", "exceptions", "holidays", "closed"}  # names that people may try
Text = AfterValidator(_text)
Name = Annotated[str, Text, Field(min_length=1, max_length=100)]
Names = Annotated[list[Name], BeforeValidator(_listed)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class Section(BaseModel):
    """What all sections share: unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class GuardSection(Section):
    """How many removals from one terminal need no typed count."""

    people: int = Field(20, ge=0, le=1_000_000)
    percent: int = Field(10, ge=0, le=100)


class CompanySection(Section):
    """The company itself. Without `code` it is asked for, or stays what it is."""

    slug: Slug
    name: Annotated[str, Text, Field(min_length=1, max_length=200)]
    code: Annotated[str, AfterValidator(_code)] | None = Field(None, repr=False)
    token_seconds: int = Field(300, ge=60, le=600)
    frame_origins: Annotated[list[Annotated[str, AfterValidator(origin_of)]], BeforeValidator(_listed)] = []
    return_urls: Annotated[list[Annotated[str, AfterValidator(checked_address)]], BeforeValidator(_listed)] = []
    automatic_starts: bool = True
    guard: GuardSection = GuardSection()


class LocationSection(Section):
    """A site."""

    name: Name
    time_zone: Annotated[str, AfterValidator(_time_zone)]


class TerminalSection(Section):
    """A device, where it is, and how its agent reaches it."""

    name: Name
    location: Name
    agent: Name
    make: Annotated[str, Text, Field(min_length=1, max_length=40)]
    address: Annotated[str, Text, Field(min_length=1, max_length=200)]
    secret: Annotated[str, Text, Field(max_length=200)] | None = None  # such as its comm key; absent: as it is


class ZoneSection(Section):
    """A set of terminals."""

    name: Name
    terminals: Names = []


class HolidaySection(Section):
    """A day of the year or several in a row, and what stays of the hours there; a text in place of the section is its `day`."""

    day: Annotated[str, AfterValidator(_days)]
    name: Annotated[str, Text, Field(max_length=100)] = ""

    @model_validator(mode="before")
    @classmethod
    def _day_alone(cls, data: Any) -> Any:
        return {"day": data} if isinstance(data, str) else data

    @property
    def rule(self) -> Holiday:
        """Which days these are."""
        return holiday_of(self.day)


class CalendarSection(Section):
    """Holidays that time schedules may follow."""

    name: Name
    holidays: Annotated[list[HolidaySection], BeforeValidator(_listed), Field(max_length=MOST_HOLIDAYS)] = []


class ScheduleSection(Section):
    """Weekly hours. `calendar`: the holidays that it follows; empty: none."""

    name: Name
    calendar: Annotated[str, Text, Field(max_length=100)] | None = None  # absent: as it is
    hours: Annotated[list[str], BeforeValidator(_listed), AfterValidator(_hours)]

    @model_validator(mode="before")
    @classmethod
    def _no_dates(cls, data: Any) -> Any:
        """Say where holidays are to be written instead."""
        if isinstance(data, dict) and HOLIDAYS & data.keys():
            raise ValueError(DATES)
        return data

    @property
    def slots(self) -> list[Slot]:
        """The hours as they are kept."""
        return slots_of(self.hours)


class RightSection(Section):
    """A group may pass a zone's doors in a schedule's hours."""

    group: Name
    zone: Name
    schedule: Name


class FilterSection(Section):
    """An administrator's saved sync filter."""

    locations: Names = []
    terminals: Names = []
    groups: Names = []
    mode: Mode = Mode.CHANGES


class AdministratorSection(Section):
    """Somebody who signs in. The password is never in the file."""

    username: Annotated[
        str, AfterValidator(normalization.normalize_name), AfterValidator(_shown), Field(min_length=1, max_length=150)
    ]
    name: Annotated[str, Text, Field(max_length=200)] = ""
    may_sync: bool = True
    sees_credentials: bool = False
    filter: FilterSection | None = None


class UserSection(Section):
    """A person whose access is synchronised, known by the `id` that the company's own programs use.

    What is wrong with the values is found later, by the check that every way in has; fields that are not there change nothing.
    """

    id: Annotated[Name, AfterValidator(_whole_id)]
    first_name: str = ""
    insertion: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    info1: str = ""
    info2: str = ""
    info3: str = ""
    info4: str = ""
    info5: str = ""
    info6: str = ""
    info7: str = ""
    info8: str = ""
    info9: str = ""
    info10: str = ""
    info11: str = ""
    info12: str = ""
    info13: str = ""
    info14: str = ""
    active: Flag = True
    visitor: Flag = False
    groups: Annotated[list[str], BeforeValidator(_listed)] = []
    cards: Annotated[list[str], BeforeValidator(_listed)] = Field([], repr=False)
    pin: str = Field("", repr=False)
    qr: str = Field("", repr=False)
    licence_plates: Annotated[list[str], BeforeValidator(_listed)] = []
    starts: str = ""
    expires: str = ""


class CompanyFile(Section):
    """The whole file. `complete`: users and rights that it does not name are removed, if it has a section of them at all."""

    company: CompanySection
    complete: bool = False
    locations: list[LocationSection] = []
    agents: Names = []
    terminals: list[TerminalSection] = []
    groups: Names = []
    zones: list[ZoneSection] = []
    calendars: list[CalendarSection] = []
    schedules: list[ScheduleSection] = []
    rights: list[RightSection] = []
    administrators: list[AdministratorSection] = []
    users: list[UserSection] = []
    users_file: str = ""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A section of which only the name is left is not there."""
        return {name: value for name, value in data.items() if value is not None}

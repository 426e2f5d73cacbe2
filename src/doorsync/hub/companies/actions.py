"""Create and change companies and locations."""

from __future__ import annotations

from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db import transaction

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import key_marks, vault
from doorsync.hub.companies.errors import CodeTaken, LocationNameTaken, SlugTaken, UnknownTimeZone, WeakCode
from doorsync.hub.companies.models import Company, KeyMark, Location
from doorsync.hub.companies.renaming import rename
from doorsync.hub.companies.transactions import company_transaction

CODE_LENGTH = 32
CODE_VARIETY = 10  # different characters: a code that was thought up by a person has fewer


class Settings(TypedDict, total=False):
    """What can be changed of a company besides its code."""

    name: str
    active: bool
    token_seconds: int
    frame_origins: list[str]
    return_urls: list[str]
    demands_second_factor: bool
    automatic_starts: bool
    guard_people: int
    guard_percent: int
    branches: bool
    question_marks: bool
    head: Company | None
    store: int | None


@transaction.atomic
def create_company(*, slug: str, name: str, code: str, via: str, **settings: Unpack[Settings]) -> Company:  # type: ignore[misc]  # name is required here
    """A new company with this security code. Raises WeakCode, CodeTaken or SlugTaken."""
    if Company.objects.filter(slug=slug).exists():
        raise SlugTaken
    company = Company(slug=slug, name=name, code_hash=_new_hash(code), sealed_key=vault.new_company_key(), **settings)
    company.save(force_insert=True)
    trail.record("company.created", actor=Actor(company_id=company.pk, via=via), company=company.pk)
    return company


def change_company(*, company: Company, actor: Actor, **settings: Unpack[Settings]) -> bool:
    """Change what differs; returns whether anything did."""
    changed = {name: value for name, value in settings.items() if getattr(company, name) != value}
    if changed:
        with company_transaction(company, actor) as change:
            Company.objects.filter(pk=company.pk).update(**changed)
            trail.record("company.changed", actor=actor, fields=",".join(sorted(changed)))
            for name, value in changed.items():
                setattr(company, name, value)
            if "automatic_starts" in changed:  # what goes out by itself is another now
                change.affects_sending()
    return bool(changed)


def change_code(*, company: Company, code: str, actor: Actor) -> bool:
    """Give a new security code; the old one is unknown from now on. Says whether it differs. Raises WeakCode or CodeTaken."""
    if vault.code_hash(code) == bytes(company.code_hash):
        return False
    company.code_hash = _new_hash(code)
    with company_transaction(company, actor):
        company.save(update_fields=["code_hash"])
        trail.record("code.changed", actor=actor, company=company.pk)
    return True


def create_location(*, company: Company, name: str, time_zone: str, actor: Actor) -> Location:
    """A new location. Raises NameTaken or UnknownTimeZone."""
    check_time_zone(time_zone)
    with company_transaction(company, actor):
        if Location.objects.filter(name=name).exists():
            raise LocationNameTaken
        location = Location.objects.create(company=company, name=name, time_zone=time_zone)
        trail.record("location.created", actor=actor, location=location.pk)
    return location


def rename_location(*, location: Location, name: str, actor: Actor) -> bool:
    """Another name; says whether it differs. Raises LocationNameTaken."""
    return rename(location, name=name, kind="location", taken=LocationNameTaken, actor=actor)


def change_time_zone(*, location: Location, time_zone: str, actor: Actor) -> bool:
    """Another time zone: starts and expiries there move. Says whether it differs. Raises UnknownTimeZone."""
    check_time_zone(time_zone)
    if location.time_zone == time_zone:
        return False
    with company_transaction(location.company, actor) as change:
        location.time_zone = time_zone
        location.save(update_fields=["time_zone"])
        trail.record("location.changed", actor=actor, location=location.pk)
        change.affects_dates()
    return True


def check_code(code: str) -> None:
    """Raises WeakCode."""
    if len(code) != CODE_LENGTH or len(set(code)) < CODE_VARIETY or not code.isprintable():
        raise WeakCode


def check_time_zone(name: str) -> None:
    """Raises UnknownTimeZone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, not a name, or a folder
        raise UnknownTimeZone(name) from error


def _new_hash(code: str) -> bytes:
    check_code(code)
    hashed = vault.code_hash(code)
    if Company.objects.filter(code_hash=hashed).exists():
        raise CodeTaken
    return hashed


def keep_key_marks() -> bool:
    """Note in a database that has no marks yet which keys belong to it. Whether its marks are those of our keys."""
    kept = [KeyMark.objects.get_or_create(name=name, defaults={"mark": key_marks.key_mark(name)})[0] for name in key_marks.NAMES]
    return all(bytes(each.mark) == key_marks.key_mark(each.name) for each in kept)


def renew_key_mark(name: str) -> None:
    """Put this key in the place of one that is lost for good; it is made if it does not exist."""
    KeyMark.objects.update_or_create(name=name, defaults={"mark": key_marks.key_mark(name)})

"""Making a company what its file says: only what differs is written, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django_scopes import scope

from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import actions as companies
from doorsync.hub.companies.changing import changing
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.entry.company_file.arranging import Arranging, by_name
from doorsync.hub.entry.company_file.checking import check
from doorsync.hub.entry.company_file.faults import FileFaults
from doorsync.hub.entry.company_file.importing import write_people
from doorsync.hub.entry.company_file.reading import Reading
from doorsync.hub.entry.company_file.shapes import AdministratorSection, CompanySection, FilterSection
from doorsync.hub.entry.company_file.summary import Summary
from doorsync.hub.entry.listing import VIA, actor_for
from doorsync.hub.sync.choices import Choice, save_choice, saved_choice
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group


class Secrets(Protocol):
    """Where the secrets come from that no file holds."""

    def code(self, company: str) -> str:
        """The security code of a new company."""
        ...

    def password(self, username: str) -> str:
        """The password of a new administrator."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """The company, and what was changed."""

    company: Company
    summary: Summary


def load_company(reading: Reading, secrets: Secrets) -> Loaded:
    """All of the file or, with FileFaults, nothing of it. Asks for secrets before it writes."""
    section = reading.file.company
    present = Company.objects.filter(slug=section.slug).first()
    new_names = _checked(reading, present)
    code = section.code or ("" if present else secrets.code(section.name))
    passwords = {name: secrets.password(name) for name in new_names}
    summary = Summary()
    with transaction.atomic():
        company = present or companies.create_company(slug=section.slug, code=code, via=VIA, **_settings(section))
        actor = actor_for(company)
        with changing(company, actor):
            if present:
                _change(company, section, actor, summary)
            else:
                summary.add("added", "company")
            arranging = Arranging(company, reading.file, actor, summary)
            arranging.places()
            arranging.access()
            for administrator in reading.file.administrators:
                _administrator(company, administrator, passwords, actor, summary)
            write_people(company, reading.people, reading.file.complete, actor, summary)
    return Loaded(company, summary)


def _checked(reading: Reading, present: Company | None) -> list[str]:
    """The names of administrators who are new. Raises FileFaults."""
    with scope(company=present):
        faults = list(check(reading, present))
        if faults:
            raise FileFaults(faults)
        known = set(Administrator.objects.values_list("username", flat=True)) if present else set()
    return [each.username for each in reading.file.administrators if each.username not in known]


def _settings(section: CompanySection) -> companies.Settings:
    return {
        "name": section.name,
        "token_seconds": section.token_seconds,
        "frame_origins": section.frame_origins,
        "return_urls": section.return_urls,
        "guard_people": section.guard.people,
        "guard_percent": section.guard.percent,
    }


def _change(company: Company, section: CompanySection, actor: Actor, summary: Summary) -> None:
    differed = companies.change_company(company=company, actor=actor, **_settings(section))
    if section.code:
        differed |= companies.change_code(company=company, code=section.code, actor=actor)
    summary.note(differed, "company")


def _administrator(
    company: Company, section: AdministratorSection, passwords: dict[str, str], actor: Actor, summary: Summary
) -> None:
    kept = Administrator.objects.select_related("company").filter(username=section.username).first()
    rights = {"may_sync": section.may_sync, "sees_credentials": section.sees_credentials}
    if kept is None:
        kept = administrators.create_administrator(
            company=company,
            username=section.username,
            name=section.name,
            password=passwords[section.username],
            actor=actor,
            **rights,
        )
        summary.add("added", "administrator")
    elif any(getattr(kept, name) != value for name, value in rights.items()):
        administrators.change_rights(administrator=kept, actor=actor, **rights)
        summary.add("changed", "administrator")
    if section.filter:
        _filter(kept, section.filter, actor, summary)


def _filter(administrator: Administrator, section: FilterSection, actor: Actor, summary: Summary) -> None:
    locations, doors, groups = by_name(Location), by_name(Terminal), by_name(Group)
    choice = Choice(
        locations=frozenset(locations[name].pk for name in section.locations),
        terminals=frozenset(doors[name].pk for name in section.terminals),
        groups=frozenset(groups[name].pk for name in section.groups),
        mode=section.mode,
    )
    if choice != saved_choice(administrator):
        save_choice(administrator=administrator, choice=choice, actor=actor)
        summary.add("changed", "saved filter")

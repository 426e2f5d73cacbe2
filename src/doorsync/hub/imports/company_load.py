"""Change a company to what its file says. Only what the file names is touched, and only what differs is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django_scopes import scope

from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import actions as companies
from doorsync.hub.companies.command_actor import VIA, command_actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.imports.parsing import Reading
from doorsync.hub.imports.schema import AdministratorSection, CompanySection, FilterSection
from doorsync.hub.imports.sections import Arranging, by_name
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import Import
from doorsync.hub.imports.validation import check_file
from doorsync.hub.sync.plan.selections import Selection, save_selection, saved_selection
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import Group


class Secrets(Protocol):
    """The source of secrets, which are never in a file."""

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
    """All of the file or, with FileFaults, nothing of it. Asks for secrets before it writes.

    All but the people is one transaction; they follow portion by portion, after which ImportStopped may be raised.
    """
    present, new_names = check_company(reading)
    section, summary = reading.file.company, Summary(warnings=[*reading.double_encoded])
    code = section.code or ("" if present else secrets.code(section.name))
    passwords = {name: secrets.password(name) for name in new_names}
    with transaction.atomic():
        company = present or new_company(section, code)
        actor = command_actor(company)
        with company_transaction(company, actor):
            arrange(company, reading, passwords, actor, summary, is_new=present is None)
    Import(company=company, people=reading.people, complete=reading.complete_people, actor=actor).write(summary)
    return Loaded(company, summary)


def check_company(reading: Reading) -> tuple[Company | None, list[str]]:
    """The company, if it is there, and the names of administrators who are new. Raises FileFaults."""
    present = Company.objects.filter(slug=reading.file.company.slug).first()
    with scope(company=present):
        faults = list(check_file(reading, present))
        if faults:
            raise FileFaults(faults)
        known = set(Administrator.objects.values_list("username", flat=True)) if present else set()
    return present, [each.username for each in reading.file.administrators if each.username not in known]


def new_company(section: CompanySection, code: str) -> Company:
    """The company of the file, with nothing in it."""
    return companies.create_company(slug=section.slug, code=code, via=VIA, **_settings(section))


def arrange(
    company: Company, reading: Reading, passwords: dict[str, str], actor: Actor, summary: Summary, *, is_new: bool
) -> None:
    """All sections of the file but its people, in the caller's transaction and the company's scope."""
    if is_new:
        summary.add("added", "company")
    else:
        _change(company, reading.file.company, actor, summary)
    arranging = Arranging(company, reading.file, actor, summary)
    arranging.places()
    arranging.access()
    for administrator in reading.file.administrators:
        _administrator(company, administrator, passwords, actor, summary)


def _settings(section: CompanySection) -> companies.Settings:
    """What the file names of them: the rest stays as it is, or is as for every new company."""
    settings = companies.Settings(name=section.name)
    for name in ("token_seconds", "frame_origins", "return_urls", "automatic_starts"):
        if name in section.model_fields_set:
            settings[name] = getattr(section, name)
    for name in section.guard.model_fields_set:
        settings[f"guard_{name}"] = getattr(section.guard, name)  # type: ignore[literal-required]  # the same
    return settings


def _change(company: Company, section: CompanySection, actor: Actor, summary: Summary) -> None:
    differed = companies.change_company(company=company, actor=actor, **_settings(section))
    if section.code:
        differed |= companies.change_code(company=company, code=section.code, actor=actor)
    summary.note(differed, "company")


def _administrator(
    company: Company, section: AdministratorSection, passwords: dict[str, str], actor: Actor, summary: Summary
) -> None:
    kept = Administrator.objects.select_related("company").filter(username=section.username).first()
    named = {name for name in ("may_sync", "sees_credentials") if kept is None or name in section.model_fields_set}
    rights = {name: getattr(section if name in named else kept, name) for name in ("may_sync", "sees_credentials")}
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
    saved, named = saved_selection(administrator), section.model_fields_set
    choice = Selection(
        locations=frozenset(locations[name].pk for name in section.locations) if "locations" in named else saved.locations,
        terminals=frozenset(doors[name].pk for name in section.terminals) if "terminals" in named else saved.terminals,
        groups=frozenset(groups[name].pk for name in section.groups) if "groups" in named else saved.groups,
        mode=section.mode if "mode" in named else saved.mode,
    )
    if choice != saved:
        save_selection(administrator=administrator, choice=choice, actor=actor)
        summary.add("changed", "saved filter")

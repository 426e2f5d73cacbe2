"""Preview the load of a company file, by doing it and rolling it back."""

from __future__ import annotations

import secrets

from django_scopes import scope

from doorsync.hub.companies.command_actor import command_actor
from doorsync.hub.companies.dry_run import dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.imports.access_hours import hours_at_doors
from doorsync.hub.imports.company_load import arrange, check_company, new_company
from doorsync.hub.imports.door_access import Doors
from doorsync.hub.imports.parsing import Reading
from doorsync.hub.imports.preview import Preview, Tried
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import Import
from doorsync.hub.users.models import User


def try_company(reading: Reading) -> Tried:
    """Raises FileFaults, asks for no secret, and leaves everything as it was.

    Where only people change, they are tried portion by portion as an import is. Otherwise all of it is one transaction, because
    each person's doors depend on the rest; meanwhile, on SQLite, others wait.
    """
    present, new_names = check_company(reading)
    summary = Summary()
    with dry_run():
        whole = _try_whole(reading, present, new_names, summary)
    if whole:
        return _tried(whole, reading, summary)
    return _tried(_import(reading, present).preview(reading.encoding), reading, Summary())  # type: ignore[arg-type]  # a new company is a change


def _tried(found: Preview, reading: Reading, besides: Summary) -> Tried:
    found.double_encoded[:0] = reading.double_encoded
    return Tried(found, besides)


def _try_whole(reading: Reading, present: Company | None, new_names: list[str], summary: Summary) -> Preview | None:
    section = reading.file.company
    company = present or new_company(section, section.code or secrets.token_hex(16))
    with scope(company=company):
        before, hours, names = Doors.of_everybody(), hours_at_doors(), _names()
        with company_transaction(company, None):
            passwords = {name: secrets.token_urlsafe() for name in new_names}
            arrange(company, reading, passwords, command_actor(company), summary, is_new=present is None)
        if not summary.counts:
            return None
        found = _import(reading, company).preview_within()
        found.encoding = reading.encoding
        found.compare(before, Doors.of_everybody(), names | _names())
        found.compare_hours(hours, hours_at_doors())
        found.finish()
    return found


def _import(reading: Reading, company: Company) -> Import:
    return Import(company=company, people=reading.people, complete=reading.complete_people, actor=command_actor(company))


def _names() -> dict[int, str]:
    return {user.number: user.full_name for user in User.objects.only("number", "first_name", "insertion", "last_name")}

"""People into a company: those of a company file, or a CSV file of people alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.entry.company_file.checking import check_people, details
from doorsync.hub.entry.company_file.faults import Fault, FileFaults
from doorsync.hub.entry.company_file.reading import Person, read_people_file
from doorsync.hub.entry.company_file.summary import Summary
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.writing import Write, write_users


def import_people(*, company: Company, path: Path, complete: bool, actor: Actor) -> Summary:
    """All rows of the file or, with FileFaults, none."""
    faults: list[Fault] = []
    people = read_people_file(path, faults)
    with scope(company=company):
        groups = set(Group.objects.values_list("name", flat=True))
        faults += check_people(people, groups, company, complete=complete)
    if faults:
        raise FileFaults(faults)
    summary = Summary()
    write_people(company, people, complete, actor, summary)
    return summary


def write_people(company: Company, people: Sequence[Person], complete: bool, actor: Actor, summary: Summary) -> None:
    """Add and change these; `complete` removes whoever is not among them."""
    with scope(company=company):
        groups = dict(Group.objects.values_list("name", "pk"))
        kept = {user.external_id: user for user in User.objects.select_related("company") if user.external_id}
        named = {person.user.id for person in people}
        gone = list(User.objects.exclude(external_id__in=named)) if complete else []
    writes = [Write(details(person, groups), kept.get(person.user.id)) for person in people]
    written = write_users(company=company, writes=writes, gone=gone, actor=actor)
    summary.add("added", "user", written.created)
    summary.add("changed", "user", written.changed)
    summary.add("removed", "user", written.removed)

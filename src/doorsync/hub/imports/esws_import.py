"""Bring the users and groups of a running ESWS service in, under the numbers that they have in its terminals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django_scopes import scope

from doorsync.domain.text import normalized_text
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.imports.esws_people import EswsPerson, faulty, people_of
from doorsync.hub.imports.esws_service import EswsService
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import Import
from doorsync.hub.users.actions import create_group
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.validation import Write, check_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class EswsImport(Import):
    """The people of the service. `missing` are the names of groups that are made first: they have no rights, and open nothing."""

    said: Sequence[EswsPerson]
    missing: Sequence[str]

    def writes(self) -> list[Write]:
        """A write for each person, by number. Groups that are not made yet are left out: they open nothing anyway."""
        groups = dict(Group.objects.values_list("name", "pk"))
        known = {user.number: user for user in User.objects.all()}
        return [Write(_fields(each, groups), known.get(each.number), number_is_id=True) for each in self.said]

    def write(self, summary: Summary) -> None:
        """Make the missing groups, then write everybody."""
        with scope(company=self.company):
            for name in self.missing:
                create_group(company=self.company, name=name, actor=self.actor)
                summary.add("added", "group", 1)
        super(EswsImport, self).write(summary)


def _fields(each: EswsPerson, groups: dict[str, int]) -> Fields:
    found: Fields = cast("Fields", {**each.fields, "number": each.number})
    if each.groups is not None:
        found["groups"] = frozenset(groups[name] for name in each.groups if name in groups)
    return found


def prepare_esws_import(*, company: Company, service: EswsService, actor: Actor) -> EswsImport:
    """All of it read and checked. Raises EswsNotRead, or FileFaults with all that is wrong."""
    names = [normalized_text(row.get("GroupName", "").strip()) for row in service.groups()]
    said = people_of(service.users(), frozenset(names))
    with scope(company=company):
        present = set(Group.objects.values_list("name", flat=True))
        missing = [name for name in dict.fromkeys(filter(None, names)) if name not in present]
        made = EswsImport(
            company=company, people=[each.person for each in said], complete=False, actor=actor, said=said, missing=missing
        )
        problems = check_writes(company, made.writes()).problems
    if problems:
        raise FileFaults([faulty(said, problem.index, problem.field, problem.text) for problem in problems])
    return made

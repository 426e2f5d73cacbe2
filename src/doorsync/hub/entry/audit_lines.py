"""A company's audit trail as lines for people. Names are looked up here, because the trail holds ids only."""

from __future__ import annotations

from collections.abc import Iterator

from django_scopes import scope

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Company


def audit_lines(company: Company, *, last: int, event: str) -> Iterator[str]:
    """The newest entries, oldest of them first."""
    with scope(company=company):
        names = {each.pk: each.username for each in Administrator.objects.all()}
        found = Entry.objects.filter(company=company, event__startswith=event).order_by("-number")[:last]
        for entry in reversed(found):
            yield _line(entry, names)


def _line(entry: Entry, names: dict[int, str]) -> str:
    who = _who(entry, names)
    of = " ".join(f"{name}={value}" for name, value in entry.subject.items() if value is not None)
    return f"{entry.number:>6}  {entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.event:<28} {who:<40} {of}".rstrip()


def _who(entry: Entry, names: dict[int, str]) -> str:
    administrator = entry.actor.get("administrator_id")
    by = names.get(administrator, f"administrator {administrator}") if administrator else ""
    reference = entry.actor.get("reference") or ""
    return " ".join(part for part in (by, f"by {entry.actor.get('via')}", reference) if part)

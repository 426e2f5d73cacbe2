"""Give something of a company another name. Who may, and what a name may be, is for the caller."""

from __future__ import annotations

from typing import Any, Protocol

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction


class Named(Protocol):
    """A row with a name that nothing else of its kind has in its company."""

    pk: Any
    name: str
    company: Company

    def save(self, *, update_fields: list[str]) -> None:
        """Write these columns."""
        ...


def rename(row: Named, *, name: str, kind: str, taken: type[Exception], actor: Actor) -> bool:
    """Says whether the name differs; notes `<kind>.renamed`. Raises `taken` where another of its kind has it."""
    if row.name == name:
        return False
    model: Any = type(row)
    with company_transaction(row.company, actor):
        if model.objects.filter(name=name).exclude(pk=row.pk).exists():
            raise taken
        row.name = name
        row.save(update_fields=["name"])
        trail.record(f"{kind}.renamed", actor=actor, **{kind: row.pk})
    return True

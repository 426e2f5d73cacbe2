"""What the columns of a company's files stood for, remembered for the next file with the same columns."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils import timezone

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.files.csv_header import COLUMNS, IGNORED
from doorsync.hub.users.models import ColumnMapping

MOST = 50  # headers that are remembered for a company


def remember_columns(*, company: Company, names: Sequence[str], columns: Sequence[str], actor: Actor) -> None:
    """A file with these names was taken, and its columns stood for these. Only the headers used last are kept."""
    said = [columns[place] for place in _order(names)]
    with company_transaction(company, actor):
        ColumnMapping.objects.update_or_create(
            company=company, header=_mark(company, names), defaults={"columns": said, "used_at": timezone.now()}
        )
        kept = ColumnMapping.objects.order_by("-used_at", "-pk").values_list("pk", flat=True)[:MOST]
        ColumnMapping.objects.exclude(pk__in=list(kept)).delete()


def remembered_columns(company: Company, names: Sequence[str]) -> list[str] | None:
    """What the columns of these names stood for when the company last took a file with them; None when it never did.

    In the company's scope. A column that is not ours any more is empty.
    """
    found = ColumnMapping.objects.filter(header=_mark(company, names)).first()
    if found is None:
        return None
    said = dict(zip(_order(names), found.columns, strict=True))
    return [said[place] if said[place] in (*COLUMNS, IGNORED) else "" for place in range(len(names))]


def _order(names: Sequence[str]) -> list[int]:
    """The places by name, so that the order in the file does not matter; where names repeat, only the order tells them apart."""
    places = list(range(len(names)))
    return places if len(set(names)) < len(names) else sorted(places, key=names.__getitem__)


def _mark(company: Company, names: Sequence[str]) -> bytes:
    """Of a file without a header these names are somebody's data: they are not kept."""
    return vault.keyed_hash(company, "import-header", json.dumps([names[place] for place in _order(names)]))

"""The runs that a person may want to come back to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from doorsync.hub.sync.models import LineState, Run


@dataclass(frozen=True, slots=True)
class Past:
    """A run and how many of its terminals it brought up to date."""

    run: Run
    right: int
    total: int


def recent(most: int = 5) -> list[Past]:
    """The newest runs of the company in scope, open ones included."""
    counted = Run.objects.annotate(total=Count("lines"), right=Count("lines", filter=Q(lines__state=LineState.DONE)))
    rows = counted.select_related("administrator").order_by("-opened_at", "-pk")[:most]
    return [Past(run, run.right, run.total) for run in rows]

"""The rows that are locked while a batch is issued or its receipt applied. SQLite has one writer anyway, and locks none."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.sync.models import RunTerminal
from doorsync.hub.sync.run.runs import OPEN
from doorsync.hub.terminals.models import Terminal


@compiled
def locked_terminal(*, pk: Any) -> QuerySet[Terminal]:
    """The terminal, with its location, agent and company."""
    return Terminal.objects.select_for_update(of=("self",)).select_related("location", "agent", "company").filter(pk=pk)


@compiled
def locked_run_terminal(*, pk: Any) -> QuerySet[RunTerminal]:
    """The run terminal, with its run, company and terminal."""
    return _locked().filter(pk=pk)


@compiled
def locked_open_run_terminals(*, terminal: Any) -> QuerySet[RunTerminal]:
    """All open run terminals of a terminal, each with its run, company and terminal."""
    return _locked().filter(terminal=terminal, state__in=OPEN).order_by()


def _locked() -> QuerySet[RunTerminal]:
    return RunTerminal.objects.select_for_update(of=("self",)).select_related("run", "company", "terminal")

"""Shows what an import would do, and asks a person; a program must allow losses of access beforehand, by an option."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import typer
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.entry.commands.bootstrap import exit_with
from doorsync.hub.entry.commands.prompts import at_keyboard
from doorsync.hub.imports.preview import Tried
from doorsync.hub.imports.preview_text import NAMES, preview_lines, some_names
from doorsync.hub.imports.summary import Summary
from doorsync.hub.users.files.file_faults import FileFaults

NOTHING: dict[str, Any] = {"new": [], "changed": [], "same": 0, "removed": [], "warnings": [], "doors": []}  # of a refused file


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether to go on, and the warnings that were already printed."""

    go_on: bool
    told: frozenset[str] = frozenset()


def is_agreed(attempt: Callable[[], Tried], *, dry_run: bool, as_json: bool, yes: bool) -> Agreement:
    """Whether to go on. The dry run is made only where the answer needs it."""
    if yes and not dry_run:
        return Agreement(True)
    tried = attempt()
    asks = at_keyboard() and not as_json
    if dry_run or asks:
        _show(tried, as_json=as_json)
    if dry_run:
        return Agreement(False)
    if asks:
        people = tried.people
        told = [*people.double_encoded[:NAMES], *people.warnings[:NAMES], *people.repeated[:NAMES]]
        return Agreement(tried.empty or typer.confirm("Go on?"), frozenset(told))
    if tried.people.takes_access:
        losing = [f"{door.name}: {some_names(door.loses)}." for door in tried.people.doors if door.loses]
        losing += [
            f"{door.name}: hours are taken from {some_names(door.fewer_hours)}."
            for door in tried.people.doors
            if door.fewer_hours
        ]
        told_last = "These would lose access. Look with --dry-run; go on with --yes. Nothing was changed."
        raise exit_with("\n".join([*tried.people.all_warnings, *losing, told_last]))
    return Agreement(True)


@contextmanager
def faults_as_json(as_json: bool) -> Iterator[None]:
    """Faults of a file as JSON on standard output where that was asked for, with exit code 1."""
    try:
        yield
    except FileFaults as error:
        if not as_json:
            raise
        typer.echo(json.dumps({**NOTHING, "refused": [asdict(fault) for fault in error.faults]}))
        raise typer.Exit(1) from None


def tell_summary(summary: Summary, *, as_json: bool, told: Collection[str] = ()) -> None:
    """Print what was done. Warnings go to stderr, but for those in `told`, which were printed before."""
    for warning in summary.warnings:
        if warning not in told:
            typer.echo(warning, err=True)
    if as_json:
        typer.echo(json.dumps(summary.as_json()))
        return
    for line in summary.lines():
        typer.echo(line)


def tell_held_back(company: Company) -> None:
    """Print which removals the guard holds back until somebody types their number."""
    from doorsync.hub.sync.plan.guard_counts import held_back
    from doorsync.hub.terminals.models import Terminal

    with scope(company=company):
        waiting = held_back(company)
        names = dict(Terminal.objects.filter(pk__in=waiting).values_list("pk", "name"))
    for terminal, number in sorted(waiting.items(), key=lambda each: names[each[0]]):
        told = f"{number} people would" if number > 1 else "1 person would"
        typer.echo(f"{names[terminal]}: {told} lose access. That waits until the number is typed on the sync page.", err=True)


def _show(tried: Tried, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(tried.as_json()))
        return
    for line in tried.besides.lines() if tried.besides.counts else ():
        typer.echo(f"Besides users: {line}")
    for line in preview_lines(tried.people):
        typer.echo(line)

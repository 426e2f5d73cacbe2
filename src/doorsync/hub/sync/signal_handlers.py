"""Receivers of the signals that lower apps send when something changes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.holdings.pending_refreshes import is_too_much, put_off
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings, refresh_terminal
from doorsync.hub.sync.models import Holding, Stranger, SyncFilter
from doorsync.hub.sync.run.automatic_runs import start_removal_run
from doorsync.hub.sync.run.device_identity import note_move
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.signals import terminal_moved
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.numbers import numbers_offered


@receiver(numbers_offered)
def numbers_in_terminals(*, company: Company, numbers: list[int], **_: Any) -> set[int]:
    """Those of these numbers under which a terminal holds or may hold somebody, a stranger or a user from before a restore."""
    with scope(company=company):
        places = {"kind": Kind.USER, "key__in": [str(number) for number in numbers]}
        held = [model.objects.filter(**places).values_list("key", flat=True) for model in (Holding, Stranger)]
        return {int(key) for keys in held for key in keys}


@receiver(access_changed)
def keep_wanted_true(
    *,
    company: Company,
    users: set[int] | None,
    dates: bool = False,
    schedules: bool = False,
    sending: bool = False,
    terminals: Collection[int] = (),
    actor: Actor | None = None,
    **_: Any,
) -> None:
    """Refresh `wanted` in the same transaction as the change, so that a plan never misses it, and send what takes away.

    A change of users that neither takes anything away nor is due by time, and ends no such row, has nothing new to send.
    """
    with scope(company=company):
        if dates and users is not None:
            users = users.union(User.objects.exclude(starts="", expires="").values_list("pk", flat=True))
        put_off_now = users is not None and is_too_much(users)
        if put_off_now:
            put_off(company, users or (), actor)
        unasked = refresh_holdings(company, () if put_off_now else users, schedules=schedules, on_their_own=True)
        for terminal in terminals:
            refresh_terminal(company, terminal, actor)
        only_users = bool(users) and not (schedules or sending or terminals)
        if actor and (unasked or not only_users):
            start_removal_run(company, actor)


@receiver(terminal_moved)
def forget_what_it_held(*, terminal: Terminal, agent_before: Agent, **_: Any) -> None:
    """Make `held` unknown in the transaction that moves the terminal, so that an unread device never counts as known."""
    note_move(terminal, agent_before)


@receiver(pre_delete, sender=Terminal)
@receiver(pre_delete, sender=Location)
@receiver(pre_delete, sender=Group)
def forget_filters(*, sender: type[Terminal | Location | Group], instance: Terminal | Location | Group, **_: Any) -> None:
    """Drop the saved filters in whose list nothing would be left: an empty list means all, which nobody chose."""
    name = f"{sender.__name__.lower()}s"
    with scope(company=instance.company_id):
        for saved in SyncFilter.objects.filter(**{name: instance}):
            if getattr(saved, name).count() == 1:
                saved.delete()

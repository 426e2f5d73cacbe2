"""Runs, their terminals, and whom a terminal did not take."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.sync.models.choices import Mode
from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS, Scope
from doorsync.hub.terminals.models import Terminal


class Run(TenantModel):
    """The sending of what is pending at some terminals. `open_key` allows one open run per filter."""

    public_id = models.CharField(max_length=22, unique=True)
    administrator = models.ForeignKey(
        Administrator, models.PROTECT, null=True, related_name="+"
    )  # None: started by a program, the command line or the hub
    via = models.CharField(max_length=16)  # the actor's way in, and its id
    reference = models.CharField(max_length=64, blank=True)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    groups = models.JSONField(default=list)  # ids of those whose members it adds or changes; empty: everybody
    user_id = models.BigIntegerField(null=True)  # the only one whom it adds or changes; they may be gone by now
    chosen = models.JSONField(default=list)  # ids of the locations, terminals and groups of its filter
    open_key = models.CharField(max_length=64, null=True)  # noqa: DJ001  # null once closed, so that the constraint no longer applies
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "open_key"], name="run_open_once")]
        ordering = ["-opened_at"]

    @property
    def title(self) -> str:
        """What the run does, as shown to people."""
        if self.user_id is not None:
            return _("Synchronize one user")
        if self.scope.groups == NOBODY:
            return _("Read what terminals hold") if self.mode == Mode.VERIFY else _("What goes out by itself")
        return str(self.get_mode_display())

    @property
    def scope(self) -> Scope:
        """Whom it adds or changes."""
        return Scope(frozenset(self.groups), self.user_id)

    @property
    def author(self) -> str:
        """Who started the run, as shown to people."""
        others = {"hub": _("Doorsync itself"), "esws": _("a program")}
        return str(self.administrator or others.get(self.via, _("the command line")))


class RunTerminalState(models.TextChoices):
    """How far a run has come at one terminal."""

    WAITING = "waiting", "waiting for a connection"
    SYNCING = "syncing", "syncing"
    DONE = "done", "done"
    PARTLY = "partly", "partly done"
    REFUSED = "refused", "stopped"
    NOT_REACHED = "not-reached", "not reached"


class RunTerminal(TenantModel):
    """One terminal of a run: what was planned, what receipts have confirmed, and the last message about it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="run_terminals")
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RunTerminalState.choices, default=RunTerminalState.WAITING)
    planned_new = models.PositiveIntegerField(default=0)
    planned_changed = models.PositiveIntegerField(default=0)
    planned_removed = models.PositiveIntegerField(default=0)
    done_new = models.PositiveIntegerField(default=0)
    done_changed = models.PositiveIntegerField(default=0)
    done_removed = models.PositiveIntegerField(default=0)
    done_narrowed = models.PositiveIntegerField(default=0)  # of the changed people: those who lost a part of their access
    typed = models.BooleanField(default=False)  # an administrator typed the number of removals that was shown
    ceiling = models.PositiveIntegerField(default=0)  # if typed: how many may be removed; else the guard decides per batch
    lost_freely = models.PositiveIntegerField(default=0)  # how many lost access here without a typed number
    lost_freely_at = models.DateTimeField(null=True)
    most = models.PositiveSmallIntegerField(default=0)  # limit of orders in the next batch, after one was given up; 0 for none
    phase = models.CharField(max_length=8, default="orders")  # "read" or "erase" comes before "orders" in those modes
    heard = models.BooleanField(default=False)  # whether its terminal has answered since the run terminal was opened
    reads = models.PositiveSmallIntegerField(default=0)  # how often its terminal was read whole in this run
    only_removals = models.BooleanField(default=False)  # opened before a restore was noticed, and not pressed for since
    message = ReasonField(max_length=300)
    failing_since = models.DateTimeField(null=True)
    refused_since = models.DateTimeField(null=True)  # since when the terminal, though reached, has refused or ignored something
    retry_at = models.DateTimeField(null=True)  # of a run terminal not reached or partly done; null when nothing is left to try
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "terminal"], name="run_terminal_terminal")]
        indexes = [
            models.Index(
                fields=["state", "company"], name="run_terminal_open"
            ),  # not partial: SQLite sees no condition in a parameter
            models.Index(fields=["state", "retry_at"], name="run_terminal_not_reached"),
            models.Index(fields=["terminal", "lost_freely_at"], name="run_terminal_lost_freely"),
        ]
        ordering = ["terminal__location__name", "terminal__name"]

    @property
    def scope(self) -> Scope:
        """Whom it adds or changes. What goes out by itself is held back at the terminal, not here."""
        whole = self.run.scope
        return Scope(ONLY_REMOVALS) if self.only_removals and whole.groups != NOBODY else whole


class Problem(TenantModel):
    """A person or schedule that is left out of this run, because the terminal did not take it. Deleted when it reopens."""

    run_terminal = models.ForeignKey(RunTerminal, models.CASCADE, related_name="problems")
    kind = models.SmallIntegerField()
    key = models.CharField(max_length=64)
    message = ReasonField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run_terminal", "kind", "key"], name="problem_once")]

"""Sync filters, holdings, runs and batches: what terminals should hold, what is confirmed there, and the work in between."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _
from django_scopes import ScopedManager

from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.sync.former_entries import FormerEntry  # noqa: F401 - Django finds models here
from doorsync.hub.sync.holding_counts import HoldingCount  # noqa: F401 - Django finds models here
from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS, Scope
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH, Group


class Mode(models.TextChoices):
    """What a run does at each terminal before it sends what is pending."""

    CHANGES = "changes", "Send changes"
    VERIFY = "verify", "Verify and repair"
    ERASE = "erase", "Erase and rewrite"


class SyncFilter(TenantModel):
    """An administrator's saved choice. An empty list means all; all three empty is the empty filter, which the guard stops."""

    administrator = models.OneToOneField(Administrator, models.CASCADE, related_name="sync_filter")
    locations: models.ManyToManyField[Location, models.Model] = models.ManyToManyField(Location)
    terminals: models.ManyToManyField[Terminal, models.Model] = models.ManyToManyField(Terminal)
    groups: models.ManyToManyField[Group, models.Model] = models.ManyToManyField(Group)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.CHANGES)


class HoldingState(models.IntegerChoices):
    """How `wanted` and `held` of a holding compare. The database computes and stores the numbers."""

    SAME = 0, "the same"
    REMOVE = 1, "to remove"
    CHANGED = 2, "changed"
    NEW = 3, "new"
    REFUSED = 4, "refused"


class Holding(models.Model):
    """What should be under one key of one terminal, and what was last confirmed there.

    There is no foreign key to the user: a holding outlives its user until the terminal no longer holds them.
    `wanted` is None when the terminal should not hold this key.
    `held` is None when the terminal does not hold it, and empty when that is unknown. A receipt sets it to what was read back;
    releasing a stranger, to what was found. A voided batch, a replaced device or a doubtful report makes it unknown.
    `before` is what was confirmed last, kept while `held` is unknown and somebody else may have the key by now: empty when
    nothing was confirmed. None means that whatever is found under the key was put there by the hub.
    """

    pk = models.CompositePrimaryKey("company_id", "kind", "key", "terminal_id")
    company = models.ForeignKey("companies.Company", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    kind = models.SmallIntegerField(choices=[(kind.value, kind.name) for kind in Kind])
    key = models.CharField(max_length=64)
    terminal_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    wanted = models.BinaryField(max_length=16, null=True)
    wanted_since = models.DateTimeField(null=True)  # when `wanted` last changed or was first set
    marks = models.BinaryField(max_length=10, null=True)  # short hashes of the wanted fields, to tell which of them differ
    settled = models.BinaryField(max_length=26, null=True)  # digest and marks of the last record that was both wanted and held
    held = models.BinaryField(max_length=16, null=True)
    held_since = models.DateTimeField(null=True)
    before = models.BinaryField(max_length=16, null=True)
    lost = models.BooleanField(default=False, db_default=False)  # was confirmed, then missing: sent again unasked
    allowance = models.TextField(default="", db_default="")  # the most that may be held; see `domain.allowance`
    narrows = models.SmallIntegerField(default=0, db_default=0)  # a Narrowing: what a change from held to wanted takes away
    gives = models.BooleanField(default=True, db_default=True)  # whether that change may bring something too
    timed = models.BooleanField(default=False, db_default=False)  # due by a start or a later expiry: sent unasked
    refusal = ReasonField()  # why this terminal cannot hold what it should
    foreseen = models.BooleanField(default=False, db_default=False)  # ended by an expiry set a day before, or removed before
    place = models.BinaryField(null=True)  # the terminal's own key for it, sealed, where that is not `key`; see `places`
    # The name of the person or schedule, cut to length. It stays after the user was deleted.
    label = models.CharField(max_length=FULL_NAME_LENGTH, default="", db_default="")
    state = models.GeneratedField(
        expression=Case(
            When(wanted__isnull=True, held__isnull=True, then=Case(When(refusal="", then=Value(1)), default=Value(4))),
            When(wanted__isnull=True, then=Value(1)),
            When(held__isnull=True, then=Value(3)),
            When(wanted=F("held"), then=Value(0)),
            default=Value(2),
        ),
        output_field=models.SmallIntegerField(choices=HoldingState.choices),
        db_persist=True,
    )

    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "terminal_id", "state", "kind", "key"], condition=Q(state__gt=0), name="holding_pending"
            ),
            models.Index(fields=["company", "terminal_id", "kind", "state"], name="holding_terminal"),
            models.Index(fields=["company", "user_id"], name="holding_user"),
        ]


class Stranger(TenantModel):
    """An entry of a terminal under a key that the hub did not fill. Not removed or overwritten until an administrator decides."""

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="+")
    kind = models.SmallIntegerField(choices=[(kind.value, kind.name) for kind in Kind])
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=FULL_NAME_LENGTH, blank=True)
    held = models.BinaryField(max_length=16)
    place = models.BinaryField(null=True)  # the terminal's own key, sealed, where that is not `key`
    own = models.BooleanField(default=False)  # one of the terminal's own administrators
    kept = models.BooleanField(default=False)  # an administrator decided that they stay
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["terminal", "kind", "key"], name="stranger_once")]
        indexes = [models.Index(fields=["company", "kind", "key"], name="stranger_key")]

    def __str__(self) -> str:
        return self.name


class ValidityChange(models.Model):
    """The starts and expiries of a user around now, over all locations: the last one passed (`since`) and the next one (`at`).

    The user is due when `at` has come, or when the server's clock was set back before `since`. `walls` holds start and expiry
    as wall-clock times; `noted_at` is when these were first seen.
    """

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField(null=True, db_index=True)
    at = models.DateTimeField(null=True, db_index=True)
    walls = models.CharField(max_length=33, default="")
    noted_at = models.DateTimeField(null=True)
    claimed = models.BooleanField(default=False, db_default=False)  # a process is applying it, or failed to: not applied yet

    class Meta:
        indexes = [models.Index(fields=["company_id"], condition=Q(claimed=True), name="validity_change_claimed")]


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


class Batch(TenantModel):
    """Orders that were issued to an agent for one terminal. At most one is open for a terminal."""

    OPEN, ANSWERED, VOID = "open", "answered", "void"

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    run_terminal = models.ForeignKey(RunTerminal, models.SET_NULL, null=True, related_name="+")
    seq = models.BigIntegerField()
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, db_index=True)
    nonce = models.CharField(max_length=32)
    sealed = models.TextField(blank=True)  # the sealed message; emptied when answered or voided
    refused = models.CharField(max_length=32, blank=True)  # the code with which the agent refused the batch
    failures = models.PositiveSmallIntegerField(default=0)  # answers that the hub could not take
    making = models.CharField(max_length=32, blank=True)  # id of the snapshot that arrives in parts
    parts = models.PositiveIntegerField(default=0)
    whole = models.CharField(max_length=8, blank=True)  # "read" or "erase": one order for the whole terminal
    orders = models.JSONField()  # [is removal, kind, key, digest in hex, state when issued, allowance]; no contents
    status = models.CharField(max_length=8, default=OPEN)
    issued_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["terminal"], condition=Q(status="open"), name="batch_one_open")]


class FoundEntry(TenantModel):
    """One entry of a terminal that is being read whole, stored until its last part and its receipt have arrived."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    kind = models.SmallIntegerField()
    key = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=16)  # empty when the key was listed twice, so that its record is unknown
    allowance = models.TextField(default="")  # as far as the terminal shows it
    label = models.CharField(max_length=FULL_NAME_LENGTH)
    place = models.BinaryField(null=True)  # the terminal's own key of a stranger, sealed, where that is not `key`
    own = models.BooleanField(default=False)  # one of the terminal's own administrators

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "kind", "key"], name="found_entry_once")]

"""What terminals should hold and what is confirmed there, who was found there, and whose validity changes next."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django_scopes import ScopedManager

from doorsync.domain.record import Kind
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH


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
            models.Index(fields=["company", "terminal_id", "kind", "state", "key"], name="holding_terminal"),
            models.Index(fields=["company", "user_id"], name="holding_user"),
        ]


class Stranger(TenantModel):
    """An entry of a terminal under a key that the hub did not fill. Not removed or overwritten until an administrator decides."""

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="+")
    kind = models.SmallIntegerField(choices=[(kind.value, kind.name) for kind in Kind])
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=FULL_NAME_LENGTH, blank=True)
    held = models.BinaryField(max_length=16)
    allowance = models.TextField(default="", db_default="")  # as far as the terminal shows it: cards and PINs as keyed hashes
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

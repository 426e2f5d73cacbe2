"""Batches: orders that were issued to agents, and the memories that arrive in parts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.sync.models.runs import RunTerminal
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH


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

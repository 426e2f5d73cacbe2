"""Agents, and the terminals that they reach."""

from __future__ import annotations

from typing import Any

from django.db import models

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.cards import Readers
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.terminals.addresses import canonical_address, example_address

REACHED_BY = frozenset({"agent", "make", "address"})  # fields of a terminal that say which device is meant


class Agent(TenantModel):
    """The daemon on the company's network. Has keys once it is enrolled."""

    public_id = models.CharField(max_length=22, unique=True)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=200, blank=True)  # the agent's address for browsers in its network
    keys = models.JSONField(null=True)  # its public keys, pinned at enrolment
    pinned = models.CharField(max_length=23, blank=True)  # fingerprint of the hub's keys that it trusts, by its last hello
    rotation = models.CharField(max_length=64, blank=True)  # SHA-256 of the message that brought these keys, if one did
    software = models.CharField(max_length=40, blank=True)
    version = models.PositiveSmallIntegerField(default=2, db_default=2)  # of messages, as its last hello spoke it
    makes = models.JSONField(default=list, blank=True)  # that it has drivers for: `MakeInfo` of the messages
    nearby = models.JSONField(default=list, blank=True)  # terminals that it found: `NearbyTerminal` of the messages
    hello_count = models.BigIntegerField(default=0)
    hello_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what the hello with that count said
    challenge = models.CharField(max_length=32, blank=True)  # asked of whoever came with a count that was taken before
    challenge_count = models.BigIntegerField(default=0)  # the count when it was first asked
    nonce = models.CharField(max_length=32, blank=True)
    nonce_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    waited_at = models.DateTimeField(null=True)  # last time it waited at the hub: it can be reached without a browser
    silent_at = models.DateTimeField(null=True)  # last heard of, once the audit says that it has gone silent
    quarantined = ReasonField()  # the reason, or empty

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="agent_name")]

    def __str__(self) -> str:
        return self.name


class EnrolmentCode(TenantModel):
    """A code that lets one agent bring its keys: once, within 10 minutes, in 5 tries."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    hint = models.CharField(max_length=8, unique=True)  # the first part of the code: finds the row, proves nothing
    digest = models.BinaryField(max_length=32)  # SHA-256 of the whole code
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True)
    bound = models.CharField(max_length=23, blank=True)  # fingerprint of the only keys that it lets in; empty: any


class Terminal(TenantModel):
    """A device with its own memory of users."""

    public_id = models.CharField(max_length=22, unique=True)
    name = models.CharField(max_length=100)
    location = models.ForeignKey(Location, models.PROTECT, related_name="terminals")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="terminals")
    make = models.CharField(max_length=40)
    address = models.CharField(max_length=200)
    sealed_secret = models.BinaryField(null=True)  # what the terminal asks for: comm key, password; see `connection`
    options = models.JSONField(default=dict, blank=True)  # settings that only its make has
    readers = models.CharField(max_length=16, blank=True, default="")  # how its readers show cards; see `domain/cards.py`
    limits = models.JSONField(default=dict, blank=True)  # capabilities as its driver last reported them
    seq = models.BigIntegerField(default=0)  # of the last batch that was answered
    chain_head = models.CharField(max_length=64, blank=True)  # its hash
    seen_at = models.DateTimeField(null=True)  # last receipt in which it was reached
    lost_at = models.DateTimeField(null=True)  # not reached since; empty while it is
    last_error = ReasonField()  # why it was not reached
    verified_at = models.DateTimeField(null=True)  # last time it was read whole, before anything was repaired
    unread = ReasonField()  # why what it holds is unknown until it is read whole; or empty
    unreadable = ReasonField()  # why it could not be read whole when that was tried last
    serial = models.CharField(max_length=64, blank=True)  # of the device that is meant; empty where its make has none
    pinned_at = models.DateTimeField(null=True)  # when a device was first accepted as this terminal; nothing is written before
    other_at = models.DateTimeField(null=True)  # since when another device answers there; nothing is sent meanwhile
    other_serial = models.CharField(max_length=64, blank=True)  # which one
    address_wrong = models.BooleanField(default=False)  # an administrator said that the address is wrong
    device = models.JSONField(default=dict, blank=True)  # what it last said of itself: model, firmware, users, clock
    uncounted = models.IntegerField(default=0)  # how many more users it counts than it lists; may be negative
    canonical_address = models.CharField(max_length=200, blank=True, editable=False)  # its address in one spelling
    restored_at = models.DateTimeField(null=True)  # when a restore was noticed: only removals are sent automatically since
    epoch = models.BigIntegerField(default=0)  # the hub's epoch in which its agent last reported on it; see `hub_epoch`

    _read: tuple[dict[str, Any], Capabilities] = ({}, Capabilities())  # limits, and what they say

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="terminal_name"),
            models.UniqueConstraint(
                fields=["agent", "canonical_address"], condition=~models.Q(canonical_address=""), name="terminal_address"
            ),
        ]
        ordering = ["location__name", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        """Also store the normalised address, so that the database rejects two terminals at one address."""
        fields = options.get("update_fields") or ()
        if self._state.adding or REACHED_BY.intersection(fields):
            self.canonical_address = canonical_address(self.address, example_address(self.agent.makes, self.make))
        if REACHED_BY.intersection(fields):
            options["update_fields"] = {*fields, "canonical_address"}
        super().save(**options)

    @property
    def card_readers(self) -> Readers:
        """How its readers show cards; as they are where that is a word of a newer version."""
        return Readers(self.readers) if self.readers in set(Readers) else Readers.AS_IS

    @property
    def capabilities(self) -> Capabilities:
        """What the terminal can hold. Read once for the same limits: a batch asks for each of its hundreds of orders."""
        limits, known = self._read
        if limits != self.limits:
            limits, known = dict(self.limits), Capabilities.from_dict(self.limits)
            self._read = limits, known
        return known


class DoorOpening(TenantModel):
    """Somebody asked for a door to be opened once, or put into a mode. It is handed out once, and never after `expires_at`."""

    public_id = models.CharField(max_length=32, unique=True)  # the id of the command
    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="openings")
    door = models.PositiveSmallIntegerField(default=1)
    administrator = models.ForeignKey(Administrator, models.SET_NULL, null=True, related_name="+")  # who asked
    do = models.CharField(max_length=10, default="open", db_default="open")  # a `Deed` of the messages
    until = models.DateTimeField(null=True)  # of a hold
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # when the agent was given the command
    answered_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)  # of `DoorAnswer`, or of `door_openings`; empty while nothing is known
    reason = ReasonField()  # why the door did not open

    class Meta:
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(result=""), name="opening_waits")]
        ordering = ["-asked_at", "-id"]


class DoorState(TenantModel):
    """In which mode a door was told to be last, by whom and until when; and in which its terminal said that it is."""

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="door_states")
    door = models.PositiveSmallIntegerField(default=1)
    told = models.CharField(max_length=12)  # a `DoorMode`
    told_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # of a hold
    administrator = models.ForeignKey(Administrator, models.SET_NULL, null=True, related_name="+")  # who; none: its time was over
    by_itself = models.BooleanField(default=False)  # told back by the hub, as a hold was over
    read = models.CharField(max_length=12, blank=True)  # a `DoorMode`, as last read back; empty: never
    read_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()  # when the agent was last asked to tell it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["terminal", "door"], name="door_state")]
        ordering = ["terminal__location__name", "terminal__name", "door"]


class HubEpoch(models.Model):
    """The single row with the hub's epoch; see `hub_epoch`."""

    number = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=22, default="")  # random: tells epochs apart after a database was restored

"""Agents and the terminals that they reach, with what is known of both."""

from __future__ import annotations

from django.db import models

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel


class Agent(TenantModel):
    """The daemon on the company's network. Has keys once it is enrolled."""

    public_id = models.CharField(max_length=22, unique=True)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=200, blank=True)  # where a browser in its network finds it
    keys = models.JSONField(null=True)  # its public keys, pinned at enrolment
    pinned = models.CharField(max_length=23, blank=True)  # fingerprint of the hub's keys that it listens to, by its last hello
    rotation = models.CharField(max_length=64, blank=True)  # SHA-256 of the message that brought these keys, if one did
    software = models.CharField(max_length=40, blank=True)
    hello_count = models.BigIntegerField(default=0)
    hello_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what the hello with that count said
    challenge = models.CharField(max_length=32, blank=True)  # asked of whoever came with a count that was taken before
    challenge_count = models.BigIntegerField(default=0)  # the count when it was first asked
    nonce = models.CharField(max_length=32, blank=True)
    nonce_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    waited_at = models.DateTimeField(null=True)  # last time it waited at the hub: it can be reached without a browser
    silent_at = models.DateTimeField(null=True)  # last heard of, once the audit says that it has gone silent
    quarantined = models.CharField(max_length=200, blank=True)  # the reason, or empty

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
    limits = models.JSONField(default=dict, blank=True)  # capabilities as its driver last reported them
    seq = models.BigIntegerField(default=0)  # of the last batch that was answered
    head = models.CharField(max_length=64, blank=True)  # its hash
    seen_at = models.DateTimeField(null=True)  # last receipt in which it was reached
    lost_at = models.DateTimeField(null=True)  # not reached since; empty while it is
    trouble = models.CharField(max_length=200, blank=True)  # why not
    verified_at = models.DateTimeField(null=True)  # last time it was read whole
    unread = models.CharField(max_length=200, blank=True)  # why nobody knows what it holds until it is read whole; or empty
    epoch = models.BigIntegerField(default=0)  # the hub's epoch in which its agent last spoke of it; see `epoch`

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="terminal_name")]
        ordering = ["location__name", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def capabilities(self) -> Capabilities:
        """What it can hold."""
        return Capabilities.from_dict(self.limits)


class HubEpoch(models.Model):
    """The one row that says since when the agents' word counts; see `epoch`."""

    number = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=22, default="")  # tells two epochs of one number apart: of two lives of a database

"""The access log of a company, how far it is known for each device, and the company's choices about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorsync.domain.door_events import CredentialUsed, EventCode
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.terminals.models import Agent, Terminal


class DeviceLog(TenantModel):
    """One series of one device's log. Its entries are taken in order, so `last` says which of them are in the database."""

    device = models.CharField(max_length=64)  # its serial number; "@" and the terminal's public id where its make has none
    series = models.CharField(max_length=64)
    serial = models.CharField(max_length=64, blank=True)
    terminal = models.ForeignKey(Terminal, models.SET_NULL, null=True, related_name="+")  # at which its next entries happen
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")  # that brought its last entries
    since = models.DateTimeField()  # when the device became this terminal: what it logged before concerns other people
    last = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # when its last entry happened

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "device", "series"], name="device_log")]


class AccessEvent(TenantModel):
    """Somebody at a door, or entries that were lost.

    There is no foreign key to the user: an event outlives them, and only their number stays in it. Of a card that nobody at
    the terminal had, the number is sealed, and a keyed hash finds who has it.
    """

    number = models.BigIntegerField()  # counts up within the company; programs know it as scanID
    log = models.ForeignKey(DeviceLog, models.CASCADE, related_name="events")
    position = models.BigIntegerField()
    terminal = models.ForeignKey(Terminal, models.SET_NULL, null=True, related_name="+")
    terminal_name = models.CharField(max_length=100)  # as it was called then
    location = models.ForeignKey(Location, models.SET_NULL, null=True, related_name="+")
    door = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    wall = models.CharField(max_length=19)  # what the terminal's clock said
    zone = models.CharField(max_length=64)  # of its location
    clock_off = models.IntegerField(null=True)  # seconds by which that clock was ahead when it was read, as far as is known
    code = models.CharField(max_length=8, choices=[(each.value, each.value) for each in EventCode])
    reason = models.CharField(max_length=32, blank=True)
    used = models.CharField(max_length=12, blank=True, choices=[(each.value, each.value) for each in CredentialUsed])
    key = models.CharField(max_length=64, blank=True)  # under which the terminal knew somebody
    user_number = models.BigIntegerField(null=True)  # who that was, if it is certain
    lost = models.BigIntegerField(default=0)
    card_sealed = models.BinaryField(max_length=200, null=True)
    card_lookup = models.BinaryField(max_length=32, null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="event_number"),
            models.UniqueConstraint(fields=["log", "position"], name="event_position"),
        ]
        indexes = [
            models.Index(fields=["company", "at", "number"], name="event_at"),
            models.Index(fields=["company", "received_at"], name="event_received"),
            models.Index(fields=["company", "user_number", "at"], name="event_of_user"),
            models.Index(fields=["company", "terminal", "at"], name="event_at_terminal"),
        ]
        ordering = ["-at", "-number"]


class EventSettings(TenantModel):
    """A company's choices about its access log, and the last number that an event got."""

    class Retention(models.IntegerChoices):
        """How many months an event is kept."""

        FOR_EVER = 0, _("for ever")
        THREE = 3, _("3 months")
        SIX = 6, _("6 months")
        YEAR = 12, _("1 year")
        TWO_YEARS = 24, _("2 years")

    keep_months = models.PositiveSmallIntegerField(choices=Retention.choices, default=Retention.FOR_EVER)
    terminal_names = models.BooleanField(default=False)  # what programs get as Terminal: its name, not its serial number
    clear_terminals = models.BooleanField(default=False)  # terminals forget what the hub has
    last_number = models.BigIntegerField(default=0)
    expired_at = models.DateTimeField(null=True)  # when events were last looked through for those that are too old

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="event_settings")]

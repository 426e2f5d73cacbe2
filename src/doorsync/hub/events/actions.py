"""Take events in, once each, and change a company's choices about its access log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from doorsync.domain.cards import Readers, card_of_spelling
from doorsync.domain.door_events import EventCode
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.events import moments
from doorsync.hub.events.models import AccessEvent, DeviceLog, EventSettings
from doorsync.hub.events.refused_cards import CARD_PURPOSE
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.cards import plain_card
from doorsync.hub.users.erased_numbers import erased_among
from doorsync.hub.users.numbers import used_numbers
from doorsync.hub.users.queries import credential_lookup
from doorsync.messages.errors import DeviceNotYetKnown, UnknownDevice
from doorsync.messages.events import Events, LoggedEvent

CLOCK_STEP = timedelta(seconds=5)  # terminals tell whole seconds, and their clocks are set by whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Up to which position the series is in the database now, and whether the terminal may forget that."""

    have: int
    clear: bool
    stored: int


def take_events(*, agent: Agent, terminal: Terminal, message: Events, numbers: Mapping[int, int]) -> Taken:
    """Store what is new, in order, up to the first gap. The company is locked. Raises UnknownDevice or DeviceNotYetKnown.

    `numbers`: of the users whom the events at these positions concern; of others it is not certain who they are.
    """
    log = _log_of(agent, terminal, message)
    settings = event_settings(terminal.company, lock=True)
    fresh = _fresh(message.events, log.last)
    rows = _rows(log, terminal, settings.last_number, fresh, numbers)
    AccessEvent.objects.bulk_create(rows)
    if rows:
        log.last, log.last_at, log.agent, log.terminal = rows[-1].position, rows[-1].at, agent, terminal
        settings.last_number = rows[-1].number
        settings.save(update_fields=["last_number"])
        log.save(update_fields=["last", "last_at", "agent", "terminal", "since"])
    return Taken(have=log.last, clear=settings.clear_terminals, stored=len(rows))


def event_settings(company: Company, *, lock: bool = False) -> EventSettings:
    """The company's choices; those of a company that made none are the standard ones."""
    EventSettings.objects.get_or_create(company=company)
    rows = EventSettings.objects.select_for_update() if lock else EventSettings.objects.all()
    return rows.get(company=company)


@transaction.atomic
def change_event_settings(
    *, company: Company, keep_months: int, terminal_names: bool, clear_terminals: bool, actor: Actor
) -> bool:
    """Choose; says whether anything differed. What is too old by the new choice goes within the hour."""
    settings = event_settings(company, lock=True)
    wished = {"keep_months": keep_months, "terminal_names": terminal_names, "clear_terminals": clear_terminals}
    changed = {name: value for name, value in wished.items() if getattr(settings, name) != value}
    if changed:
        EventSettings.objects.filter(pk=settings.pk).update(**changed, expired_at=None)
        trail.record("events.settings-changed", actor=actor, **{name: int(value) for name, value in changed.items()})
    return bool(changed)


def _log_of(agent: Agent, terminal: Terminal, message: Events) -> DeviceLog:
    """The log of the device that was read, if that is or was the terminal's. Raises UnknownDevice or DeviceNotYetKnown."""
    device = message.serial or f"@{terminal.public_id}"
    found = DeviceLog.objects.select_for_update().filter(device=device, series=message.series).first()
    its_own = terminal.pinned_at is not None and terminal.serial == message.serial
    if found is not None and (its_own or (found.terminal_id == terminal.pk and found.agent_id == agent.pk)):
        if found.terminal_id != terminal.pk:
            found.since = terminal.pinned_at or timezone.now()  # it hangs at another door now
        return found
    if terminal.pinned_at is None and found is None:
        raise DeviceNotYetKnown
    if not its_own or found is not None:
        raise UnknownDevice
    return DeviceLog.objects.create(
        company=terminal.company,
        device=device,
        series=message.series,
        serial=message.serial,
        terminal=terminal,
        agent=agent,
        since=terminal.pinned_at or timezone.now(),
    )


def _fresh(events: Sequence[LoggedEvent], last: int) -> list[LoggedEvent]:
    """Those after position `last` that follow it without a gap; entries that were lost fill one."""
    fresh = []
    for event in events:
        lost = event.lost if event.code is EventCode.LOST else 1
        if event.position <= last:
            continue
        if event.position - lost > last:
            break
        fresh.append(event.model_copy(update={"lost": event.position - last}) if event.code is EventCode.LOST else event)
        last = event.position
    return fresh


def _rows(
    log: DeviceLog, terminal: Terminal, number: int, events: Sequence[LoggedEvent], numbers: Mapping[int, int]
) -> list[AccessEvent]:
    zone, now, after = terminal.location.zone, timezone.now(), log.last_at
    told = {numbers[event.position] for event in events if event.position in numbers}
    given, erased = _given(terminal.company, told), erased_among(told)
    rows: list[AccessEvent] = []
    for event in events:
        row = _row(log, terminal, event, zone, after)
        row.number, row.received_at, after = number + len(rows) + 1, now, row.at
        known = numbers.get(event.position) if row.at >= log.since - CLOCK_STEP else None
        if known in erased:
            row.key, known = "", None
        row.user_number = known if known in given else None
        rows.append(row)
    return rows


def _row(log: DeviceLog, terminal: Terminal, event: LoggedEvent, zone: ZoneInfo, after: datetime | None) -> AccessEvent:
    ahead = moments.seconds_ahead(event.clock, event.read_at, zone)
    at = moments.instant(event.wall, zone, ahead, after)
    card = _card_in(event, terminal.card_readers)
    return AccessEvent(
        company=terminal.company,
        log=log,
        position=event.position,
        terminal=terminal,
        terminal_name=terminal.name,
        location=terminal.location,
        door=event.door,
        at=at or datetime.fromisoformat(event.read_at).replace(tzinfo=UTC),
        wall=event.wall,
        zone=terminal.location.time_zone,
        clock_off=ahead,
        code=event.code,
        reason=event.reason,
        used=event.used,
        key=event.key,
        lost=event.lost,
        card_sealed=vault.seal(terminal.company, CARD_PURPOSE, card, f"{log.pk}:{event.position}") if card else None,
        card_lookup=credential_lookup(terminal.company, "card", card) if card else None,
    )


def _card_in(event: LoggedEvent, readers: Readers) -> str:
    """The card that nobody at the terminal has, as the hub keeps cards. What no card shows as stays as it came."""
    card = plain_card(event.card) if not event.key else ""
    return card_of_spelling(card, readers) or card if card.isascii() and card.isdecimal() else card


def _given(company: Company, numbers: set[int]) -> set[int]:
    """Those of these numbers that somebody has or had: another one may be given to somebody else yet."""
    return used_numbers(company, dict.fromkeys(numbers, "")) if numbers else set()

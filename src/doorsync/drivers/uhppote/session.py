"""An open conversation with a UHPPOTE controller."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from uhppoted.errors import CardDeleted, CardNotFound

from doorsync.domain.capabilities import Capabilities, KeyForm, Letters
from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.door_modes import DoorMode
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, Found, TerminalError, WriteAnswer
from doorsync.drivers.uhppote.connection import Connection
from doorsync.drivers.uhppote.events import EventLog
from doorsync.drivers.uhppote.profiles import (
    ALWAYS_FROM,
    BLOCK,
    PLACES,
    SEGMENTS,
    Profile,
    absent_profiles,
    first_profile,
    holdable,
    interval_of,
    profiles_of,
    slots_of,
)
from doorsync.drivers.uhppote.records import CardEntry, entry_of, record_of

CAN = Capabilities(
    capacity=20_000,
    schedules=PLACES,
    name_bytes=0,
    name_letters=Letters.NONE,
    cards_per_user=1,
    card_bits=32,
    pin_min=1,
    pin_max=6,
    schedules_per_user=1,
    until=True,
    until_day=True,
    intervals_per_day=SEGMENTS,
    key_form=KeyForm.CARD,
    key_length=10,
    schedule_key_form=KeyForm.PLACE,
    first_schedule_place=1,
    readable=("cards", "pin", "schedules", "until"),
    schedule_readable=("slots",),
    doors=4,
)
MODES = {1: DoorMode.HELD_OPEN, 2: DoorMode.LOCKED_DOWN, 3: DoorMode.SCHEDULE}  # normally open, normally closed, controlled
NUMBERS = {mode: number for number, mode in MODES.items()}
LEADING_ZERO = "leading-zero"
ENDS_AT_2359 = "ends-at-23:59"


class UhppoteSession:
    """Each card is a question and an answer; there is no bulk write."""

    def __init__(self, connection: Connection, doors: str, capacity: int, *, opens: bool = True) -> None:
        """`opens`: whether what is sent and not answered surely never arrives later, so that its doors may be told."""
        self._connection = connection
        self._ask = connection.ask
        self._client: Any = connection.client
        self._doors = doors
        self._log = EventLog(connection)
        told = tuple(sorted(set(doors))) if opens else ()
        self._can = replace(CAN, capacity=capacity, remote_doors=told, mode_doors=told)

    def about(self) -> About:
        """Its serial number, its firmware, its clock and how many cards it holds."""
        clock = self._ask(self._client.get_time).datetime
        return About(
            serial=str(self._connection.description.controller),
            model="UHPPOTE controller",
            firmware=self._connection.description.version,
            users=self._ask(self._client.get_cards).cards,
            clock=clock.isoformat() if clock else "",
            can=self._can,
        )

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """One question for each key."""
        for key in dict.fromkeys(keys):
            record = self._card(key) if kind is Kind.USER else self._schedule(key)
            if record:
                yield Found(record=record)

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """Slot by slot: deleted cards leave holes, and the count may leave them out."""
        if kind is Kind.SCHEDULE:
            yield from self.read(kind, [str(place) for place in range(1, PLACES + 1)])
            return
        seen: set[int] = set()
        for slot in range(1, self._can.capacity * 2 + 1):
            try:
                found = self._ask(self._client.get_card_record_by_index, slot)
            except CardDeleted:
                continue
            except CardNotFound:
                return
            if found.card in seen:
                raise TerminalError("The controller listed a card twice.", permanent=False)
            seen.add(found.card)
            yield Found(record=record_of(_entry(found), self._doors))
        raise TerminalError("The controller listed more cards than it can hold.", permanent=False)

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Add or replace, one by one."""
        for record in records:
            yield self._put_card(record) if record.kind is Kind.USER else self._put_schedule(record)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """Delete cards; time profiles cannot be deleted singly, so that they are written without weekdays."""
        for key in keys:
            if kind is Kind.USER:
                self._ask(self._client.delete_card, int(key))
            elif int(key) <= PLACES:
                self._write_profiles(absent_profiles(int(key)))
            yield WriteAnswer(key=key)

    def erase(self) -> None:
        """Delete all cards, then all time profiles."""
        deleted = self._ask(self._client.delete_all_cards).deleted and self._ask(self._client.delete_all_time_profiles).deleted
        if not deleted:
            raise TerminalError("The controller did not erase its memory.", permanent=True)

    def set_clock(self, wall: datetime) -> None:
        """Set its clock, to the second."""
        self._ask(self._client.set_time, wall)

    def events(self, after: LogPosition, most: int) -> LogPage:
        """What its log says of cards and doors."""
        return self._log.page(after, most)

    def clear_events(self, upto: LogPosition) -> None:
        """Nothing: the controller overwrites its oldest entries by itself."""

    def open_door(self, door: int, *, within: float) -> None:
        """As after a card. A packet that is not answered arrived at once, or never does."""
        self._must_be_told(door)
        if not self._connection.ask_once(self._client.open_door, door, within=within).opened:
            raise TerminalError("The controller did not open the door.", permanent=True)

    def door_mode(self, door: int, *, within: float) -> DoorMode:
        """What its door control says."""
        return MODES[self._door_control(door, within)[0]]

    def set_door_mode(self, door: int, mode: DoorMode, *, within: float) -> None:
        """One packet, with the time for which the door unlocks as it is. It arrived at once, or never does."""
        self._must_be_told(door)
        deadline = time.monotonic() + within
        _, unlocks = self._door_control(door, within / 2)
        left = max(0.1, deadline - time.monotonic())
        told = self._connection.ask_once(self._client.set_door_control, door, NUMBERS[mode], unlocks, within=left)
        if (told.door, told.mode) != (door, NUMBERS[mode]):
            raise TerminalError("The controller did not change the mode of the door.", permanent=True)

    def _door_control(self, door: int, within: float) -> tuple[int, int]:
        """The number of its mode, and for how many seconds it unlocks."""
        said = self._connection.ask_once(self._client.get_door_control, door, within=within)
        if said.door != door or said.mode not in MODES:
            raise TerminalError("The controller gave an answer that makes no sense.", permanent=False)
        return said.mode, said.delay

    def _must_be_told(self, door: int) -> None:
        if str(door) not in self._can.remote_doors:
            raise TerminalError("This is none of the doors that its people may pass.", permanent=True)

    def _put_card(self, record: Record) -> WriteAnswer:
        if str(record.fields["pin"]).startswith("0"):
            return WriteAnswer(
                key=record.key, refusal="This make holds a PIN as a number: it cannot begin with 0.", code=LEADING_ZERO
            )
        stored = self._ask(self._client.put_card, *entry_of(record, self._doors).arguments()).stored
        return WriteAnswer(key=record.key, refusal="" if stored else "The controller did not store the card; it may be full.")

    def _put_schedule(self, record: Record) -> WriteAnswer:
        slots: Any = record.fields["slots"]
        if not holdable(slots):
            refusal = "This make cannot tell 23:59 from 24:00: end the schedule at 24:00 or at 23:58."
            return WriteAnswer(key=record.key, refusal=refusal, code=ENDS_AT_2359)
        stored = self._write_profiles(profiles_of(int(record.key), slots))
        return WriteAnswer(key=record.key, refusal="" if stored else "The controller did not store the time profile.")

    def _write_profiles(self, profiles: Sequence[Profile]) -> bool:
        return all(self._ask(self._client.set_time_profile, *each.arguments()).stored for each in profiles)

    def _card(self, key: str) -> Record | None:
        try:
            return record_of(_entry(self._ask(self._client.get_card_record, int(key))), self._doors)
        except CardNotFound:
            return None

    def _schedule(self, key: str) -> Record | None:
        first, chain = first_profile(int(key)), list[Profile]()
        while len(chain) < BLOCK and (profile := self._profile(chain[-1].linked if chain else first)):
            chain.append(profile)
        if not chain or not chain[0].present:
            return None
        return Record(kind=Kind.SCHEDULE, key=key, fields={"slots": slots_of(chain)})

    def _profile(self, number: int) -> Profile | None:
        if not number:
            return None
        found = self._ask(self._client.get_time_profile, number)
        if not found.profile_id:
            return None
        days = (found.monday, found.tuesday, found.wednesday, found.thursday, found.friday, found.saturday, found.sunday)
        pairs = [(getattr(found, f"segment_{each}_start"), getattr(found, f"segment_{each}_end")) for each in (1, 2, 3)]
        return Profile(
            number=number,
            weekdays=frozenset(str(day) for day, open_ in enumerate(days, 1) if open_),
            intervals=tuple(interval_of(start, end) for start, end in pairs if start != end),
            linked=found.linked_profile_id,
            present=found.end_date != ALWAYS_FROM,
        )


def _entry(found: Any) -> CardEntry:
    doors = found.permissions
    return CardEntry(
        number=found.card, last_day=found.end_date, permissions=(doors[1], doors[2], doors[3], doors[4]), pin=int(found.pin or 0)
    )

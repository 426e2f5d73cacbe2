"""What a simulated controller answers to each packet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from doorsync.drivers.uhppote import packets
from doorsync.drivers.uhppote.controller import CONTROLLED, NORMALLY_OPEN, Controller
from doorsync.drivers.uhppote.controller_memory import Card

NO_CARD = 0xFFFFFFFF  # what a slot says whose card was deleted
DOORS = 4
SWIPE = 1  # the kind of an event at a reader
OVERWRITTEN = 0xFF
SURE = 0x55AAAA55  # what a request must carry that forgets everything


class ControllerRequests:
    """The protocol of one controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._functions: Mapping[int, Callable[[bytes], bytes | None]] = {
            packets.GET_CONTROLLER: self._describe,
            packets.GET_TIME: self._tell_time,
            packets.SET_TIME: self._set_time,
            packets.COUNT_CARDS: self._count_cards,
            packets.GET_CARD: self._card_by_number,
            packets.GET_CARD_AT: self._card_by_slot,
            packets.OPEN_DOOR: self._open_door,
            packets.SET_DOOR_CONTROL: self._set_door_control,
            packets.GET_DOOR_CONTROL: self._tell_door_control,
            packets.PUT_CARD: self._put_card,
            packets.DELETE_CARD: self._delete_card,
            packets.DELETE_ALL_CARDS: self._delete_all_cards,
            packets.GET_PROFILE: self._profile,
            packets.SET_PROFILE: self._set_profile,
            packets.CLEAR_PROFILES: self._clear_profiles,
            packets.GET_EVENT: self._event,
            packets.GET_EVENT_INDEX: self._tell_event_index,
            packets.SET_EVENT_INDEX: self._set_event_index,
        }

    def answer(self, packet: bytes) -> bytes | None:
        """The reply; None where a controller keeps silent: another serial number, rubbish, an unknown function."""
        try:
            function, serial = packets.request_of(packet)
            found = self._functions.get(function)
            if self._controller.faults.silent or found is None or serial not in (self._controller.serial, 0):
                return None
            reply = found(packet)
        except packets.Malformed:
            return None
        return None if self._controller.faults.unheard else reply

    def _reply(self, function: int, *parts: tuple[int, bytes]) -> bytes:
        return packets.reply(function, self._controller.serial, *parts)

    def _describe(self, _packet: bytes) -> bytes:
        network = bytes([127, 0, 0, 1]), bytes([255, 0, 0, 0]), bytes([127, 0, 0, 1])
        mac = b"\x00\x66\x19" + packets.number(self._controller.serial)[:3]
        parts = [
            (8, network[0]),
            (12, network[1]),
            (16, network[2]),
            (20, mac),
            (26, b"\x08\x92"),
            (28, packets.day("2018-11-05")),
        ]
        return self._reply(packets.GET_CONTROLLER, *parts)

    def _tell_time(self, _packet: bytes) -> bytes:
        return self._reply(packets.GET_TIME, (8, packets.moment(self._controller.now())))

    def _set_time(self, packet: bytes) -> bytes:
        self._controller.set_clock(packets.moment_at(packet, 8))
        return self._reply(packets.SET_TIME, (8, packets.moment(self._controller.now())))

    def _open_door(self, packet: bytes) -> bytes:
        door = packet[8]
        known = 1 <= door <= DOORS
        if known:
            self._controller.opened.append(door)
        return self._reply(packets.OPEN_DOOR, (8, packets.flag(known)))

    def _set_door_control(self, packet: bytes) -> bytes:
        door, mode, delay = packet[8:11]
        if 1 <= door <= DOORS and NORMALLY_OPEN <= mode <= CONTROLLED:
            self._controller.door_control[door] = mode, delay
        return self._told_door_control(packets.SET_DOOR_CONTROL, door)

    def _tell_door_control(self, packet: bytes) -> bytes:
        return self._told_door_control(packets.GET_DOOR_CONTROL, packet[8])

    def _told_door_control(self, function: int, door: int) -> bytes:
        return self._reply(function, (8, bytes([door, *self._controller.door_control.get(door, (0, 0))])))

    def _count_cards(self, _packet: bytes) -> bytes:
        return self._reply(packets.COUNT_CARDS, (8, packets.number(self._controller.memory.count())))

    def _card_by_number(self, packet: bytes) -> bytes:
        return self._card_reply(packets.GET_CARD, self._controller.memory.card(packets.number_at(packet, 8)), 0)

    def _card_by_slot(self, packet: bytes) -> bytes:
        slot = packets.number_at(packet, 8)
        absent = NO_CARD if self._controller.memory.was_deleted(slot) else 0
        return self._card_reply(packets.GET_CARD_AT, self._controller.memory.card_at(slot), absent)

    def _card_reply(self, function: int, card: Card | None, absent: int) -> bytes:
        if card is None:
            return self._reply(function, (8, packets.number(absent)))
        doors = bytes(card.doors)
        days = (12, packets.day(card.starts)), (16, packets.day(card.ends))
        return self._reply(function, (8, packets.number(card.number)), *days, (20, doors), (24, packets.number(card.pin, 3)))

    def _put_card(self, packet: bytes) -> bytes:
        number, days = packets.number_at(packet, 8), (packets.date_at(packet, 12), packets.date_at(packet, 16))
        room = self._controller.memory.card(number) is not None or self._controller.memory.count() < self._controller.capacity
        stored = room and 0 < number < NO_CARD and packets.pin_at(packet, 24) <= 999_999
        if stored and not self._controller.faults.lies:
            self._controller.memory.put(Card(number, *days, doors=tuple(packet[20:24]), pin=packets.pin_at(packet, 24)))
        return self._reply(packets.PUT_CARD, (8, packets.flag(stored)))

    def _delete_card(self, packet: bytes) -> bytes:
        was_there = self._controller.memory.remove(packets.number_at(packet, 8))
        return self._reply(packets.DELETE_CARD, (8, packets.flag(was_there)))

    def _delete_all_cards(self, packet: bytes) -> bytes:
        sure = packets.number_at(packet, 8) == SURE
        if sure:
            self._controller.memory.erase_cards()
        return self._reply(packets.DELETE_ALL_CARDS, (8, packets.flag(sure)))

    def _profile(self, packet: bytes) -> bytes:
        content = self._controller.memory.profile(packet[8])
        return self._reply(packets.GET_PROFILE, *([(8, packet[8:9]), (9, content)] if content else []))

    def _set_profile(self, packet: bytes) -> bytes:
        sound = 2 <= packet[8] <= 254 and bool(packets.date_at(packet, 9)) and bool(packets.date_at(packet, 13))
        if sound:
            self._controller.memory.put_profile(packet[8], packet[9:37])
        return self._reply(packets.SET_PROFILE, (8, packets.flag(sound)))

    def _clear_profiles(self, packet: bytes) -> bytes:
        sure = packets.number_at(packet, 8) == SURE
        if sure:
            self._controller.memory.erase_profiles()
        return self._reply(packets.CLEAR_PROFILES, (8, packets.flag(sure)))

    def _event(self, packet: bytes) -> bytes:
        first, last = self._controller.memory.event_range()
        asked = packets.number_at(packet, 8)
        place = {0: first, NO_CARD: last}.get(asked, asked)
        found = self._controller.memory.event(place)
        if found is None:
            kind = OVERWRITTEN if 0 < place < first else 0
            return self._reply(packets.GET_EVENT, (8, packets.number(asked)), (12, bytes([kind])))
        position, granted, door, card, wall, reason = found
        parts = (12, bytes([SWIPE, granted, door, 1])), (16, packets.number(card)), (27, bytes([reason]))
        moment = packets.moment(datetime.fromisoformat(wall))
        return self._reply(packets.GET_EVENT, (8, packets.number(position)), (20, moment), *parts)

    def _tell_event_index(self, _packet: bytes) -> bytes:
        return self._reply(packets.GET_EVENT_INDEX, (8, packets.number(self._controller.event_index)))

    def _set_event_index(self, packet: bytes) -> bytes:
        changed = packets.number_at(packet, 8) != self._controller.event_index
        self._controller.event_index = packets.number_at(packet, 8)
        return self._reply(packets.SET_EVENT_INDEX, (8, packets.flag(changed)))

"""How the readers of a door show the number of a card to its terminal, where that is not the number that the hub keeps.

Every spelling is lossless: a card that some readers cannot show whole is refused for their terminal, never cut. So two cards
are never the same one at a terminal.
"""

from __future__ import annotations

from enum import StrEnum

FACILITY_CODES, FACILITY_NUMBERS = 2**8, 2**16  # of a 26-bit card: 8 bits of facility code, 16 of number
NUMBER_PLACES = 100_000  # by which a facility code is multiplied where both are written as one decimal number


class Readers(StrEnum):
    """What the readers of a terminal make of a card. The words are stored and must not change."""

    AS_IS = ""
    FACILITY = "facility"  # of 24 bits: facility code x 100000 + number
    BITS_24 = "bits-24"  # 24 bits at most, as 26-bit Wiegand carries
    BITS_32 = "bits-32"  # 32 bits at most, as 34-bit Wiegand carries
    REVERSED_3 = "reversed-3"  # three bytes, the last one first
    REVERSED_4 = "reversed-4"
    REVERSED_7 = "reversed-7"


BITS = {Readers.BITS_24: 24, Readers.BITS_32: 32}
REVERSED_BYTES = {Readers.REVERSED_3: 3, Readers.REVERSED_4: 4, Readers.REVERSED_7: 7}


def spelt_card(card: str, readers: Readers) -> str:
    """The decimal number that these readers show of a card, itself decimal; "" where they cannot show it whole."""
    number = int(card)
    if readers is Readers.FACILITY:
        facility, rest = divmod(number, FACILITY_NUMBERS)
        return str(facility * NUMBER_PLACES + rest) if facility < FACILITY_CODES else ""
    if readers in BITS:
        return card if number.bit_length() <= BITS[readers] else ""
    if readers in REVERSED_BYTES:
        return _turned(number, REVERSED_BYTES[readers])
    return card


def card_of_spelling(text: str, readers: Readers) -> str:
    """The card of which these readers show this decimal number; "" where there is none."""
    number = int(text)
    if readers is Readers.FACILITY:
        facility, rest = divmod(number, NUMBER_PLACES)
        whole = facility < FACILITY_CODES and rest < FACILITY_NUMBERS
        return str(facility * FACILITY_NUMBERS + rest) if whole else ""
    return spelt_card(text, readers)  # the others are their own opposite


def _turned(number: int, size: int) -> str:
    return str(int.from_bytes(number.to_bytes(size, "big"), "little")) if number < 2 ** (8 * size) else ""

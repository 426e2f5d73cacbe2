"""Numbers of cards: decimal, as terminals know them, and how other notations of them become so."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.text import plain_digits
from doorsync.hub.users.card_formats import CardFormat

CARD_DIGITS = 20
HOW = gettext_lazy("Write the card's whole number in decimal digits, without spaces")


class BadCard(ValueError):
    """Not a valid card in this notation."""


def decimal_number(text: str, notation: CardFormat) -> str:
    """The decimal number of a card that is written in this notation; decimal ones come back as they are. Raises BadCard."""
    return READERS[notation](text.strip())


def plain_card(card: str) -> str:
    """The card without zeros before it, so that equal cards are equal. Card 0 is how terminals write that there is none."""
    card = plain_digits(card)
    return card.lstrip("0") if card.isascii() and card.isdigit() else card


def card_fault(card: str) -> str:
    """What is wrong with a decimal number of a card, in a sentence that never repeats it; empty when it is right."""
    if card.isascii() and card.isdigit():
        return _("A card number has at most %(most)s digits.") % {"most": CARD_DIGITS} if len(card) > CARD_DIGITS else ""
    if is_shortened(card):
        return _("A spreadsheet has shortened this card number. Enter the whole number.")
    notation = notation_of(card)
    if notation is CardFormat.FACILITY:
        return _("%(how)s: facility code x 65536 + number.") % {"how": HOW}
    if notation is CardFormat.HEX:
        return _("%(how)s. This looks like hexadecimal.") % {"how": HOW}
    return _("%(how)s: it has 1 to %(most)s digits 0 to 9 and nothing else.") % {"how": HOW, "most": CARD_DIGITS}


def is_shortened(card: str) -> bool:
    """Whether it is written as 1.23E+09, and the whole number is lost."""
    return bool(re.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+", card))


def notation_of(card: str) -> CardFormat | None:
    """The notation that a card looks like, if it is not decimal: FACILITY or HEX."""
    if re.fullmatch(r"[0-9]{1,3}[,:/-][0-9]{1,5}", card):
        return CardFormat.FACILITY
    is_hex = re.fullmatch(r"(?:0[xX])?[0-9a-fA-F: -]+", card) and re.search(r"[a-fA-FxX]", card)
    return CardFormat.HEX if is_hex else None


def _hex(text: str) -> str:
    digits = re.sub(r"^0[xX]|[: -]", "", text)
    if not re.fullmatch(r"[0-9a-fA-F]{1,16}", digits):
        raise BadCard(_("Not a valid card in hexadecimal: 1 to 16 of the digits 0 to 9 and A to F."))
    return digits


def _reversed(text: str) -> str:
    digits = _hex(text)
    if len(digits) % 2:
        raise BadCard(_("Reversed hexadecimal has two digits for each byte: one is missing."))
    return str(int.from_bytes(bytes.fromhex(digits), "little"))


def _facility(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,3})[,:/-]([0-9]{1,5})", text)
    facility, number = (int(found[1]), int(found[2])) if found else (256, 0)
    if facility > 255 or number > 65535:
        raise BadCard(_("Not a valid card with a facility code: write a facility 0 to 255, a comma and a number 0 to 65535."))
    return str(facility * 65536 + number)


READERS: dict[CardFormat, Callable[[str], str]] = {
    CardFormat.DECIMAL: str,
    CardFormat.HEX: lambda text: str(int(_hex(text), 16)),
    CardFormat.HEX_REVERSED: _reversed,
    CardFormat.FACILITY: _facility,
}

"""What to do about a faulty value of a CSV file, beyond what is wrong with it: only there are columns, and notations of cards.

On the page a choice has a name; on the command line it is an option.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.cards import card_fault, is_shortened, notation_of
from doorsync.hub.users.validity_dates import is_serial_number


def csv_advice(column: str, values: Iterable[str], *, uploaded: bool) -> str:
    """A sentence or none, for a faulty value in this column. `uploaded`: on a page, not on the command line."""
    if column == "cards":
        wrong = next((card for card in values if card_fault(card)), "")
        return _as_text() if is_shortened(wrong) else _notation(notation_of(wrong), uploaded=uploaded)
    if column == "pin":
        return "" if all(pin.isascii() and pin.isdigit() for pin in values) else _as_text()
    if column in ("starts", "expires") and any(map(is_serial_number, values)):
        return _("Format the column as text or as a date.")
    return ""


def _as_text() -> str:
    return _("Format the column as text.")


def _notation(notation: CardFormat | None, *, uploaded: bool) -> str:
    if notation is None:
        return ""
    if uploaded:
        return _("If the whole column is like this, upload the file again and say so under “How cards are written”.")
    option = "facility" if notation is CardFormat.FACILITY else "hex (or hex-reversed)"
    return _("If the whole column is like this, say --card-format %(option)s.") % {"option": option}

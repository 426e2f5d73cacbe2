"""What a terminal can hold, in rows for people."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.capabilities import Letters, Readback
from doorsync.hub.terminals.models import Terminal

LETTERS = {
    Letters.UTF_8: gettext_lazy("all letters"),
    Letters.LATIN_1: gettext_lazy("Western European letters"),
    Letters.GB18030: gettext_lazy("Chinese and Latin letters"),
    Letters.ASCII: gettext_lazy("letters without accents"),
    Letters.NONE: gettext_lazy("no names"),
}


def capability_rows(terminal: Terminal) -> list[tuple[str, str]]:
    """Name and value; none before the terminal has answered for the first time."""
    if not terminal.limits:
        return []
    can = terminal.capabilities
    yes, no = _("yes"), _("no")
    expiry = no if not can.until else _("the day only") if can.until_day else yes
    return [
        (_("People"), _number(can.capacity)),
        (_("Cards of a person"), _number(can.cards_per_user)),
        (_("PIN"), _("%(least)s to %(most)s digits") % {"least": can.pin_min, "most": can.pin_max} if can.pin_max else no),
        (_("Time schedules"), _number(can.schedules)),
        (_("Names"), str(LETTERS[can.name_letters])),
        (_("Expiry"), expiry),
        (_("Can be read back"), no if can.read_back is Readback.NONE else yes),
    ]


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)

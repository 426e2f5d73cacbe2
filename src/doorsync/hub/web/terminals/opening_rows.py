"""What became of requests to open a door, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.terminals.door_openings import DONE, NOT_FETCHED, OPENED, UNANSWERED, result_of
from doorsync.hub.terminals.models import DoorOpening
from doorsync.hub.web.badges import Badge

WAITING = Badge("busy", "turn", gettext_lazy("waiting for the terminal"))
DID = Badge("good", "check", gettext_lazy("done"))
NOT_DONE = Badge("bad", "cross", gettext_lazy("not done"))
OPEN = Badge("good", "check", gettext_lazy("opened"))
SHUT = Badge("bad", "cross", gettext_lazy("not opened"))
UNKNOWN = Badge("wait", "warning", gettext_lazy("not known"))
SENTENCES: dict[str, str | Promise] = {
    "refused": gettext_lazy("The terminal did not open it."),
    "not-reached": gettext_lazy("The terminal was not reached."),
    "other-device": gettext_lazy("Another device answers at this address. Nothing was sent to it."),
    "expired": gettext_lazy("The terminal was busy until it was too late."),
    NOT_FETCHED: gettext_lazy("Its agent did not ask for it in time."),
    "unknown": gettext_lazy("The terminal was told to and did not answer. Nobody knows whether it opened."),
    UNANSWERED: gettext_lazy("Its agent did not answer. Nobody knows whether it opened."),
}
MODE_SENTENCES: dict[str, str | Promise] = {
    **SENTENCES,
    "refused": gettext_lazy("The terminal did not take it."),
    "unknown": gettext_lazy("The terminal was told to and did not confirm it: look at the door."),
    UNANSWERED: gettext_lazy("Its agent did not answer: look at the door."),
}
DEEDS: dict[str, str | Promise] = {
    "hold": gettext_lazy("Hold open"),
    "lock-down": gettext_lazy("Lock down"),
    "back": gettext_lazy("Back to its schedules"),
}
COMPLETE = ("other-device", "expired")  # whose sentence says all that the reason would


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """One request. `at` is when the door opened, or else when it was asked for; `sentence` and `why`: why it did not open."""

    opening: DoorOpening
    look: Badge
    at: datetime
    sentence: str = ""
    why: str = ""

    @property
    def who(self) -> str:
        """Who asked."""
        if self.opening.do == "back" and not self.opening.administrator:
            return _("the hub, or somebody who is not here any more")
        return str(self.opening.administrator or _("somebody who is not here any more"))

    @property
    def opened(self) -> bool:
        """Whether the terminal said that it opened the door."""
        return self.look is OPEN

    @property
    def deed(self) -> str:
        """What was asked for, where it was not to open the door."""
        return str(DEEDS.get(self.opening.do, ""))

    @property
    def waiting(self) -> bool:
        """Whether it may still be opened, or the answer may still come."""
        return self.look is WAITING


def opening_row(opening: DoorOpening, now: datetime) -> OpeningRow:
    """A request, as it stands now."""
    result = result_of(opening, now)
    if not result:
        return OpeningRow(opening=opening, look=WAITING, at=opening.asked_at)
    if result == OPENED:
        return OpeningRow(opening=opening, look=OPEN, at=opening.answered_at or opening.asked_at)
    if result == DONE:
        return OpeningRow(opening=opening, look=DID, at=opening.asked_at)
    opens = opening.do == "open"
    return OpeningRow(
        opening=opening,
        look=UNKNOWN if result in ("unknown", UNANSWERED) else SHUT if opens else NOT_DONE,
        at=opening.asked_at,
        sentence=str((SENTENCES if opens else MODE_SENTENCES).get(result, result)),
        why="" if result in COMPLETE else describe_selection(opening.reason),
    )

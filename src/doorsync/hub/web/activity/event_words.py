"""The words for what terminals told: results, reasons, and what was shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorsync.domain.door_events import CredentialUsed, EventCode, Reason
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.web.badges import Badge

RESULT_WORDS: Mapping[str, Promise] = {
    EventCode.GRANTED.value: gettext_lazy("let in"),
    EventCode.DENIED.value: gettext_lazy("refused"),
}
REASON_WORDS: Mapping[str, Promise] = {
    Reason.UNKNOWN.value: gettext_lazy("nobody at this door has it"),
    Reason.WRONG_PIN.value: gettext_lazy("wrong PIN"),
    Reason.OUTSIDE_HOURS.value: gettext_lazy("outside their hours"),
    Reason.NO_HOURS.value: gettext_lazy("no hours at this door"),
    Reason.EXPIRED.value: gettext_lazy("expired"),
    Reason.DISABLED.value: gettext_lazy("disabled at the door"),
    Reason.ANTI_PASSBACK.value: gettext_lazy("in already (anti-passback)"),
    Reason.OTHER.value: gettext_lazy("the terminal did not say why"),
}
USED_WORDS: Mapping[str, Promise] = {
    CredentialUsed.CARD.value: gettext_lazy("card"),
    CredentialUsed.PIN.value: gettext_lazy("PIN with number"),
    CredentialUsed.PIN_ALONE.value: gettext_lazy("PIN"),
    CredentialUsed.QR.value: gettext_lazy("QR code"),
    CredentialUsed.PLATE.value: gettext_lazy("licence plate"),
    CredentialUsed.FINGER.value: gettext_lazy("finger"),
    CredentialUsed.FACE.value: gettext_lazy("face"),
    CredentialUsed.PHONE.value: gettext_lazy("phone"),
}


def result_badge(event: AccessEvent) -> Badge:
    """The result in colour, icon and word."""
    if event.code == EventCode.GRANTED:
        return Badge(tone="good", icon="check", word=RESULT_WORDS[event.code])
    if event.code == EventCode.DENIED:
        return Badge(tone="bad", icon="cross", word=RESULT_WORDS[event.code])
    if event.code == EventCode.LOST:
        return Badge(tone="wait", icon="warning", word=_("not known"))
    return Badge(tone="", icon="info", word=_("told by the terminal"))


def reason_text(event: AccessEvent) -> str:
    """Why, in a few words; empty where there is nothing to say."""
    if event.code == EventCode.LOST:
        text = ngettext(
            "%(n)s event was written over at the terminal before it was read.",
            "%(n)s events were written over at the terminal before they were read.",
            event.lost,
        )
        return text % {"n": event.lost}
    if event.code == EventCode.DENIED:
        return str(REASON_WORDS.get(event.reason, REASON_WORDS[Reason.OTHER.value]))
    return event.reason.replace("-", " ") if event.code == EventCode.OTHER else ""


def used_text(event: AccessEvent) -> str:
    """What was shown to the terminal."""
    return str(USED_WORDS.get(event.used, ""))

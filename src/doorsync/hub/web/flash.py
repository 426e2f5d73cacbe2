"""What a form came to, told once on the page that follows the redirect. It travels in a signed cookie of this browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message

from doorsync.hub.administrators.authentication import SignedIn, SignedInRequest

ICONS = {"good": "check", "wait": "clock", "bad": "warning"}
LEVELS = {"good": messages.SUCCESS, "wait": messages.WARNING, "bad": messages.ERROR}
TONES = {level: tone for tone, level in LEVELS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A notice with its colour and icon."""

    tone: str
    icon: str
    text: str


def tell(request: SignedInRequest, text: str, tone: str = "good") -> None:
    """Tell it on the next page of this session. Never a secret: the text travels in a cookie, signed but not sealed."""
    messages.add_message(request, LEVELS[tone], text, extra_tags=request.signed_in.public_id)


def shown_flashes(told: Iterable[Message], signed_in: SignedIn | None) -> list[Flash]:
    """Those of this session; what was meant for another one in the same browser is dropped."""
    mine = [each for each in told if signed_in and each.extra_tags == signed_in.public_id]
    return [Flash(tone=TONES[each.level], icon=ICONS[TONES[each.level]], text=str(each.message)) for each in mine]

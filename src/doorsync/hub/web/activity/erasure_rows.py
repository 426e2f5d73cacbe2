"""Erasures as pages and the receipt show them: when it was asked, by whom, which doors are left, and when it was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.companies.models import Company
from doorsync.hub.privacy.erasing import confirmed_doors
from doorsync.hub.privacy.models import Erasure
from doorsync.hub.privacy.queries import former_names, waiting_doors
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.settings.config import config
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from doorsync.hub.web.activity.event_choice import DIGITS, SIZE
from doorsync.hub.web.audit.entries import WAYS
from doorsync.hub.web.badges import Badge

TYPE = "doorsync-erasure"
DONE = Badge(tone="good", icon="check", word=_("erased"))
WAITS = Badge(tone="wait", icon="half", word=_("waits for doors"))
LAST_STEP = Badge(tone="wait", icon="half", word=_("every door has confirmed; done in a moment"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedDoor:
    """A door that had the person, and when it was seen without them; `waits`: it may still hold them."""

    name: str
    serial: str
    confirmed_at: datetime | None
    evidence: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """An erasure with the doors that it still waits for."""

    erasure: Erasure
    waiting: list[Terminal]

    @property
    def look(self) -> Badge:
        """How far it is."""
        return DONE if self.erasure.finished_at else WAITS if self.waiting else LAST_STEP

    @property
    def who(self) -> str:
        """Who asked for it, as shown to people."""
        return str(self.erasure.administrator or WAYS.get(self.erasure.via, self.erasure.via))

    @property
    def doors(self) -> list[ErasedDoor]:
        """Those that had the person when it was asked, and whichever has them besides."""
        left = {each.pk: each for each in self.waiting}
        had = confirmed_doors(self.erasure)
        others = left.keys() - {door["terminal"] for door in had}
        return [_door(door, waits=door["terminal"] in left) for door in had] + [
            ErasedDoor(name=left[pk].name, serial=left[pk].serial, confirmed_at=None, evidence="", waits=True)
            for pk in sorted(others)
        ]


def erasure_page(page: int) -> tuple[list[ErasureRow], bool]:
    """The rows of a page, newest first, and whether there are more."""
    start = (page - 1) * SIZE
    some = list(Erasure.objects.select_related("administrator")[start : start + SIZE + 1])
    return _rows(some[:SIZE]), len(some) > SIZE


def erasure_row(pk: int) -> ErasureRow | None:
    """The erasure with this id; None where the company has none."""
    rows = _rows(Erasure.objects.select_related("administrator").filter(pk=pk))
    return rows[0] if rows else None


def is_former(administrator: Administrator, number: int) -> bool:
    """Whether this administrator may erase somebody who had this number: they were deleted, and something still names them."""
    if not may(administrator, Permission.PRIVACY) or len(str(number)) >= DIGITS:
        return False
    return not User.objects.filter(number=number).exists() and bool(former_names(number))


def erasure_receipt(company: Company, row: ErasureRow) -> dict[str, Any]:
    """The receipt as JSON, without a name of whoever was erased: see docs/reference/person-file.md."""
    erasure = row.erasure
    return {
        "type": TYPE,
        "version": 1,
        "company": company.slug,
        "hub": config().origin,
        "number": erasure.number,
        "asked_at": erasure.asked_at.isoformat(timespec="seconds"),
        "asked_by": row.who,
        "finished_at": erasure.finished_at and erasure.finished_at.isoformat(timespec="seconds"),
        "doors": [{name: value for name, value in door.items() if name != "terminal"} for door in confirmed_doors(erasure)],
        "waiting": [each.name for each in row.waiting],
    }


def _rows(erasures: Iterable[Erasure]) -> list[ErasureRow]:
    found = list(erasures)
    waiting = waiting_doors(found)
    return [ErasureRow(erasure=each, waiting=waiting.get(each.pk, [])) for each in found]


def _door(door: dict[str, Any], *, waits: bool) -> ErasedDoor:
    confirmed_at = datetime.fromisoformat(door["confirmed_at"]) if door["confirmed_at"] else None
    evidence = str(Evidence(door["evidence"]).label) if door["evidence"] in Evidence.values else ""
    return ErasedDoor(name=door["door"], serial=door["serial"], confirmed_at=confirmed_at, evidence=evidence, waits=waits)

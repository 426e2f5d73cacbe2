"""What the sync page shows of a plan: figures, rows whose numbers lead to people, and the words beside the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.plans import Plan, TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection, saved_selection
from doorsync.hub.web.sync import page_links
from doorsync.hub.web.sync.filter_options import describe_selection, filter_parts
from doorsync.hub.web.sync.labels import COUNT_WORDS, ERASE_WORDS

TONES = {"removed": "wait", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the plan; `address` opens the people behind it."""

    word: str | Promise
    number: int
    tone: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A terminal with its numbers."""

    line: TerminalPlan
    counts: tuple[Count, ...]
    address: str = ""  # of the terminal's own page


def plan_context(request: SignedInRequest, choice: Selection, *, problem: str = "", wrong_count: str = "") -> dict[str, Any]:
    """All that the templates of a plan need."""
    shown = build_plan(request.signed_in.company, choice)
    parts = filter_parts(choice)
    return {
        "choice": choice,
        "plan": shown,
        "parts": parts,
        "keep": page_links.kept(request),
        "pairs": page_links.pairs(choice),
        "words": describe_selection(parts, choice, len(shown.lines)),
        "saved": choice == saved_selection(request.signed_in.administrator),
        "problem": problem,
        "wrong_count": wrong_count,
        **render_plan(shown, page_links.query(request, choice), page_links.kept(request)),
    }


def render_plan(shown: Plan, query: str, kept: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The parts that follow from the plan alone; the style guide draws a made-up plan with them."""
    return {
        "figures": [Count(word, getattr(shown, name), TONES.get(name, "")) for name, word in _words(shown).items()],
        "rows": [Row(line, _counts(line, query, _words(shown)), _address(line, kept)) for line in shown.lines],
        "to_confirm": to_confirm(shown),
        "press_words": press_words(shown),
    }


def _address(line: TerminalPlan, kept: Mapping[str, str] | None) -> str:
    return f"{reverse('sync:terminal', args=[line.terminal.public_id])}?{urlencode(kept)}" if kept else ""


def _words(shown: Plan) -> dict[str, str | Promise]:
    return {**COUNT_WORDS, **(ERASE_WORDS if shown.choice.mode == Mode.ERASE else {})}


def _counts(line: TerminalPlan, query: str, words: dict[str, str | Promise]) -> tuple[Count, ...]:
    people = reverse("sync:people")
    return tuple(
        Count(word, getattr(line, name), TONES.get(name, ""), f"{people}?{query}&of={line.terminal.pk}&state={name}")
        for name, word in words.items()
    )


def to_confirm(shown: Plan) -> str:
    """What has to be typed before removals, and why; empty when nothing has."""
    numbers = {"count": shown.to_confirm}
    if not shown.to_confirm:
        return ""
    if shown.choice.mode == Mode.ERASE:
        text = ngettext(
            "%(count)s person is erased before the rewriting. Type %(count)s to confirm.",
            "%(count)s people are erased before the rewriting. Type %(count)s to confirm.",
            shown.to_confirm,
        )
    else:
        text = ngettext(
            "%(count)s removal in all. Type %(count)s to confirm.",
            "%(count)s removals in all. Type %(count)s to confirm.",
            shown.to_confirm,
        )
    return text % numbers + _strangers_lost(shown)


def _strangers_lost(shown: Plan) -> str:
    """How many of those whom an erase costs nobody can write back."""
    if shown.choice.mode != Mode.ERASE or not shown.erased_strangers:
        return ""
    text = ngettext(
        "%(n)s of them was enrolled at the terminal itself and is not written back.",
        "%(n)s of them were enrolled at the terminals themselves and are not written back.",
        shown.erased_strangers,
    )
    return " " + text % {"n": shown.erased_strangers}


def press_words(shown: Plan) -> str:
    """What pressing the button means now."""
    orders, terminals = sum(line.pending for line in shown.lines), len(shown.lines)
    if shown.choice.mode == Mode.VERIFY:
        return ngettext("Reads %(n)s terminal whole.", "Reads %(n)s terminals whole.", terminals) % {"n": terminals}
    if shown.choice.mode == Mode.ERASE:
        return ngettext("Erases %(n)s terminal.", "Erases %(n)s terminals.", terminals) % {"n": terminals}
    if not orders:
        return _nothing_to_send(shown)
    waiting = sum(line.pending > 0 for line in shown.lines)
    sent = ngettext("Sends %(orders)s change", "Sends %(orders)s changes", orders)
    to = ngettext("to %(n)s terminal.", "to %(n)s terminals.", waiting)
    return f"{sent} {to}" % {"orders": orders, "n": waiting}


def _nothing_to_send(shown: Plan) -> str:
    elsewhere = sum(line.elsewhere for line in shown.lines)
    if elsewhere:
        return ngettext(
            "Nothing waits within this filter; %(n)s change outside it does.",
            "Nothing waits within this filter; %(n)s changes outside it do.",
            elsewhere,
        ) % {"n": elsewhere}
    if all(line.status.up_to_date for line in shown.lines):
        return _("Nothing is waiting: everything sent before is confirmed.")
    if any(not line.status.known for line in shown.lines):
        return _("Asks the agents what the terminals hold.")
    return _("Nothing is waiting that could be sent.")

"""What the sync page shows of a plan: figures and rows whose numbers lead to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.plans import Plan, TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection, saved_selection
from doorsync.hub.web.sync import page_links
from doorsync.hub.web.sync.filter_options import describe_selection, filter_parts
from doorsync.hub.web.sync.labels import COUNT_WORDS, ERASE_WORDS
from doorsync.hub.web.sync.plan_sentences import not_known, press_words, to_confirm

TONES = {"removed": "wait", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the plan; `address` opens the people behind it. Where it is not `known`, no number is shown."""

    word: str | Promise
    number: int
    tone: str
    address: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A terminal with its numbers."""

    terminal_plan: TerminalPlan
    counts: tuple[Count, ...]
    address: str = ""  # of the terminal's own page


def plan_context(request: SignedInRequest, choice: Selection, *, problem: str = "", wrong_count: str = "") -> dict[str, Any]:
    """All that the templates of a plan need."""
    shown = build_plan(request.signed_in.company, choice)
    parts = filter_parts(choice, request.signed_in.administrator)
    return {
        "choice": choice,
        "plan": shown,
        "parts": parts,
        "keep": page_links.kept_values(request),
        "pairs": page_links.selection_fields(choice),
        "words": describe_selection(parts, choice, len(shown.terminal_plans)),
        "saved": choice == saved_selection(request.signed_in.administrator),
        "problem": problem,
        "wrong_count": wrong_count,
        **render_plan(shown, page_links.selection_query(request, choice), page_links.kept_values(request)),
    }


def render_plan(shown: Plan, query: str, kept: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The parts that follow from the plan alone; the style guide draws a made-up plan with them."""
    return {
        "figures": _figures(shown),
        "rows": [
            Row(terminal_plan, _counts(terminal_plan, query, _words(shown)), _address(terminal_plan, kept))
            for terminal_plan in shown.terminal_plans
        ],
        "to_confirm": to_confirm(shown),
        "press_words": press_words(shown),
        "not_known": not_known(shown),
    }


def _address(terminal_plan: TerminalPlan, kept: Mapping[str, str] | None) -> str:
    return f"{reverse('sync:terminal', args=[terminal_plan.terminal.public_id])}?{urlencode(kept)}" if kept else ""


def _words(shown: Plan) -> dict[str, str | Promise]:
    return {**COUNT_WORDS, **(ERASE_WORDS if shown.choice.mode == Mode.ERASE else {})}


def _figures(shown: Plan) -> list[Count]:
    """Over all terminals. How many are the same counts only where it is known; never 0 while it is not known somewhere."""
    unknown = {"same"} if shown.unconfirmed and not shown.same else set()
    return [
        Count(word, getattr(shown, name), TONES.get(name, ""), known=name not in unknown) for name, word in _words(shown).items()
    ]


def _counts(terminal_plan: TerminalPlan, query: str, words: dict[str, str | Promise]) -> tuple[Count, ...]:
    people = reverse("sync:people")
    return tuple(
        Count(
            word,
            getattr(terminal_plan, name),
            TONES.get(name, ""),
            f"{people}?{query}&of={terminal_plan.terminal.pk}&state={name}",
            known=name != "same" or terminal_plan.same_known,
        )
        for name, word in words.items()
    )

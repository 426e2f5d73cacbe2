"""An administrator's decisions about strangers: to keep or to release them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from doorsync.domain.allowance import completed_allowance
from doorsync.domain.digest import UNKNOWN
from doorsync.domain.reason import NO_REASON
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.errors import NoStranger
from doorsync.hub.sync.holdings.found_strangers import drop_strangers, refresh_keys
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.sync.run.automatic_runs import start_removal_run
from doorsync.hub.terminals.models import Terminal


@transaction.atomic
def keep_strangers(*, terminal: Terminal, ids: Collection[int], actor: Actor) -> int:
    """Keep these strangers in the terminal, and stop asking about them. Returns how many. Raises NoStranger."""
    lock_company(terminal.company)
    kept = Stranger.objects.filter(pk__in=ids, terminal=terminal, own=False).update(kept=True)
    if not kept:
        raise NoStranger
    trail.record("strangers.kept", actor=actor, terminal=terminal.pk, people=kept)
    return kept


@transaction.atomic
def release_strangers(*, terminal: Terminal, ids: Collection[int], actor: Actor) -> int:
    """Treat these strangers as the hub's own, so that they are removed, within the guard. Their keys become free.

    The terminal's own administrators are never released. Returns how many were. Raises NoStranger.
    """
    lock_company(terminal.company)
    terminal.refresh_from_db(fields=["unread"])
    rows = list(Stranger.objects.filter(pk__in=ids, terminal=terminal, own=False).order_by("kind", "key"))
    if not rows:
        raise NoStranger
    for each in rows:
        hold_for_removal(terminal, each)
    trail.record("strangers.released", actor=actor, terminal=terminal.pk, people=len(rows))
    refresh_keys(terminal, drop_strangers(terminal, rows))
    start_removal_run(terminal.company, actor)
    return len(rows)


def hold_for_removal(terminal: Terminal, stranger: Stranger, *, foreseen: bool = False) -> None:
    """Make a stranger one of the hub's own entries with nothing wanted. `foreseen`: the guard does not count the removal.

    Whoever has the key in the hub is wanted there again once the stranger's row is deleted and the key is refreshed.
    """
    unread = bool(terminal.unread)
    Holding.objects.update_or_create(
        company_id=terminal.company_id,
        kind=stranger.kind,
        key=stranger.key,
        terminal_id=terminal.pk,
        defaults={
            "wanted": None,
            "refusal": NO_REASON,
            "marks": None,
            "settled": None,
            "foreseen": foreseen,
            "allowance": completed_allowance(stranger.allowance, ""),
            "held": UNKNOWN if unread else stranger.held,  # another device may have somebody else under the same key
            "before": stranger.held if unread else None,
            "held_since": None if unread else timezone.now(),
            "label": stranger.name,
            "place": stranger.place,
        },
    )

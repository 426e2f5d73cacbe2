"""What came of a run, in a sentence or a few. "Up to date" is only said of terminals for which nothing at all waits."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.models import RunTerminalState
from doorsync.hub.web.sync.run_terminals import RunTerminalView

NAMED = 3  # terminals are named one by one up to so many


def run_sentence(run_terminals: Sequence[RunTerminalView]) -> str:
    """`All 3 terminals are up to date.`, or what was done and what is left."""
    if any(run_terminal.open for run_terminal in run_terminals):
        waiting = all(run_terminal.state == RunTerminalState.WAITING for run_terminal in run_terminals if run_terminal.open)
        return _("Waiting for a connection to the terminals.") if waiting else _("The terminals are being synchronised.")
    total, right = len(run_terminals), sum(run_terminal.up_to_date for run_terminal in run_terminals)
    if right == total:
        return ngettext("The terminal is up to date.", "All %(n)s terminals are up to date.", total) % {"n": total}
    held = [
        run_terminal
        for run_terminal in run_terminals
        if run_terminal.done_all and run_terminal.status.condition is Condition.CANNOT_HOLD
    ]
    if all(run_terminal.done_all for run_terminal in run_terminals) and right + len(held) < total:
        return " ".join([_did(run_terminals), *_left(run_terminals)])
    some = ngettext(
        "%(n)s of %(total)s terminals is up to date; %(why)s.", "%(n)s of %(total)s terminals are up to date; %(why)s.", right
    )
    why = [_why(run_terminal) for run_terminal in run_terminals if not run_terminal.up_to_date]
    return some % {"n": right, "total": total, "why": "; ".join(why)}


def _did(run_terminals: Sequence[RunTerminalView]) -> str:
    """What the run did: people where it was one terminal, else how often, since one person may be at several."""
    at = sum(bool(run_terminal.new or run_terminal.changed or run_terminal.removed) for run_terminal in run_terminals)
    if not at and any(run_terminal.planned or run_terminal.status.held_up for run_terminal in run_terminals):
        return _("Nothing was changed.")
    if not at:
        return _("Nothing was to be done.")
    counts = {name: sum(getattr(run_terminal, name) for run_terminal in run_terminals) for name in ("removed", "changed", "new")}
    if at == 1:
        words = {
            "removed": ngettext("Removed %(n)s person.", "Removed %(n)s people.", counts["removed"]),
            "changed": ngettext("Changed %(n)s person.", "Changed %(n)s people.", counts["changed"]),
            "new": ngettext("Added %(n)s person.", "Added %(n)s people.", counts["new"]),
        }
    else:
        words = {
            "removed": ngettext("%(n)s removal is confirmed.", "%(n)s removals are confirmed.", counts["removed"]),
            "changed": ngettext("%(n)s change is confirmed.", "%(n)s changes are confirmed.", counts["changed"]),
            "new": ngettext("%(n)s addition is confirmed.", "%(n)s additions are confirmed.", counts["new"]),
        }
    return " ".join(words[name] % {"n": number} for name, number in counts.items() if number)


def _left(run_terminals: Sequence[RunTerminalView]) -> list[str]:
    left = [run_terminal.left for run_terminal in run_terminals if run_terminal.left]
    if len(left) <= NAMED:
        return left
    waiting = sum(run_terminal.status.waiting for run_terminal in run_terminals)
    text = ngettext(
        "%(n)s of %(total)s terminals is not up to date.", "%(n)s of %(total)s terminals are not up to date.", len(left)
    )
    told = [text % {"n": len(left), "total": len(run_terminals)}]
    if waiting:
        told.append(ngettext("%(n)s change still waits.", "%(n)s changes still wait.", waiting) % {"n": waiting})
    return told


def _why(run_terminal: RunTerminalView) -> str:
    if run_terminal.done_all:
        return run_terminal.left.rstrip(".")
    if run_terminal.status.condition is Condition.OTHER_DEVICE:
        return _("another device answers in the place of %(name)s") % {"name": run_terminal.terminal.name}
    reasons = {
        RunTerminalState.NOT_REACHED: _("%(name)s did not answer"),
        RunTerminalState.REFUSED: _("%(name)s was stopped before the first removal"),
        RunTerminalState.PARTLY: _("%(name)s is only partly done"),
    }
    return reasons.get(run_terminal.state, _("%(name)s is not done")) % {"name": run_terminal.terminal.name}

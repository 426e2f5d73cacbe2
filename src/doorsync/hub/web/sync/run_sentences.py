"""What came of a run, in a sentence or a few. "Up to date" is only said of terminals for which nothing at all waits."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.models import RunTerminalState
from doorsync.hub.web.sync.run_terminals import RunTerminalView

NAMED = 3  # terminals are named one by one up to so many


def run_sentence(lines: Sequence[RunTerminalView]) -> str:
    """`All 3 terminals are up to date.`, or what was done and what is left."""
    if any(line.open for line in lines):
        waiting = all(line.state == RunTerminalState.WAITING for line in lines if line.open)
        return _("Waiting for a connection to the terminals.") if waiting else _("The terminals are being synchronised.")
    total, right = len(lines), sum(line.up_to_date for line in lines)
    if right == total:
        return ngettext("The terminal is up to date.", "All %(n)s terminals are up to date.", total) % {"n": total}
    held = [line for line in lines if line.done_all and line.status.condition is Condition.CANNOT_HOLD]
    if all(line.done_all for line in lines) and right + len(held) < total:
        return " ".join([_did(lines), *_left(lines)])
    some = ngettext(
        "%(n)s of %(total)s terminals is up to date; %(why)s.", "%(n)s of %(total)s terminals are up to date; %(why)s.", right
    )
    why = [_why(line) for line in lines if not line.up_to_date]
    return some % {"n": right, "total": total, "why": "; ".join(why)}


def _did(lines: Sequence[RunTerminalView]) -> str:
    """What the run did: people where it was one terminal, else how often, since one person may be at several."""
    at = sum(bool(line.new or line.changed or line.removed) for line in lines)
    if not at:
        return _("Nothing was to be done.")
    counts = {name: sum(getattr(line, name) for line in lines) for name in ("removed", "changed", "new")}
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


def _left(lines: Sequence[RunTerminalView]) -> list[str]:
    left = [line.left for line in lines if line.left]
    if len(left) <= NAMED:
        return left
    waiting = sum(line.status.waiting for line in lines)
    text = ngettext(
        "%(n)s of %(total)s terminals is not up to date.", "%(n)s of %(total)s terminals are not up to date.", len(left)
    )
    told = [text % {"n": len(left), "total": len(lines)}]
    if waiting:
        told.append(ngettext("%(n)s change still waits.", "%(n)s changes still wait.", waiting) % {"n": waiting})
    return told


def _why(line: RunTerminalView) -> str:
    if line.done_all:
        return line.left.rstrip(".")
    if line.status.condition is Condition.OTHER_DEVICE:
        return _("another device answers in the place of %(name)s") % {"name": line.terminal.name}
    reasons = {
        RunTerminalState.NOT_REACHED: _("%(name)s did not answer"),
        RunTerminalState.REFUSED: _("%(name)s was stopped before the first removal"),
        RunTerminalState.PARTLY: _("%(name)s is only partly done"),
    }
    return reasons.get(line.state, _("%(name)s is not done")) % {"name": line.terminal.name}

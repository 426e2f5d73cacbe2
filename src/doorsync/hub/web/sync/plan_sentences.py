"""The sentences beside a plan: what pressing the button means, what has to be typed first, and what is not known."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.plans import Plan


def not_known(shown: Plan) -> str:
    """What a dash in the place of a number means; empty when there is none."""
    if not shown.unconfirmed:
        return ""
    text = ngettext(
        "A dash does not mean nobody: how many are the same is not known yet at %(n)s terminal. Its state below says why.",
        "A dash does not mean nobody: how many are the same is not known yet at %(n)s terminals. Their states below say why.",
        shown.unconfirmed,
    )
    return text % {"n": shown.unconfirmed}


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
    orders, terminals = sum(terminal_plan.pending for terminal_plan in shown.terminal_plans), len(shown.terminal_plans)
    if shown.choice.mode == Mode.VERIFY:
        return ngettext("Reads %(n)s terminal whole.", "Reads %(n)s terminals whole.", terminals) % {"n": terminals}
    if shown.choice.mode == Mode.ERASE:
        return ngettext("Erases %(n)s terminal.", "Erases %(n)s terminals.", terminals) % {"n": terminals}
    if not orders:
        return _nothing_to_send(shown)
    waiting = sum(terminal_plan.pending > 0 for terminal_plan in shown.terminal_plans)
    sent = ngettext("Sends %(orders)s change", "Sends %(orders)s changes", orders)
    to = ngettext("to %(n)s terminal.", "to %(n)s terminals.", waiting)
    return f"{sent} {to}" % {"orders": orders, "n": waiting}


def _nothing_to_send(shown: Plan) -> str:
    elsewhere = sum(terminal_plan.elsewhere for terminal_plan in shown.terminal_plans)
    if elsewhere:
        return ngettext(
            "Nothing waits within this filter; %(n)s change outside it does.",
            "Nothing waits within this filter; %(n)s changes outside it do.",
            elsewhere,
        ) % {"n": elsewhere}
    if all(terminal_plan.status.up_to_date for terminal_plan in shown.terminal_plans):
        return _("Nothing is waiting: everything sent before is confirmed.")
    if any(not terminal_plan.status.known for terminal_plan in shown.terminal_plans):
        return _("Asks the agents what the terminals hold.")
    return _("Nothing is waiting that could be sent.")

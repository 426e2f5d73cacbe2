"""The labels of states: tone, icon and word. Pages always show all three."""

from __future__ import annotations

from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from doorsync.hub.sync.holdings.terminal_status import Condition, TerminalStatus
from doorsync.hub.sync.models import HoldingState, Mode, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.people.person_terminals import PersonState

# Of a terminal, at any time. The one that says "since" is followed by a time.
TERMINAL = {
    Condition.UP_TO_DATE: Badge("good", "check", _("up to date")),
    Condition.ACCEPTED: Badge("wait", "half", _("all accepted, cannot be verified")),
    Condition.CANNOT_HOLD: Badge("wait", "half", _("up to date, but cannot hold everybody")),
    Condition.UNCONFIRMED: Badge("wait", "clock", _("not confirmed since Doorsync started")),
    Condition.TO_DECIDE: Badge("wait", "warning", _("somebody to decide on")),
    Condition.CHANGES: Badge("wait", "clock", _("changes waiting")),
    Condition.UNDER_WAY: Badge("busy", "turn", _("under way")),
    Condition.UNKNOWN: Badge("bad", "warning", _("not known who is in it: Sync reads it first")),
    Condition.OTHER_DEVICE: Badge("bad", "warning", _("another device answers there")),
    Condition.UNREACHABLE: Badge("bad", "unplugged", _("not reachable since")),
    Condition.NEVER: Badge("", "blank", _("never synced")),
}

# Of a terminal in a run, during and after a run. Where it is done, its terminal may be up to date, and is then called so.
LINE = {
    RunTerminalState.WAITING: Badge("wait", "clock", _("waiting for a connection")),
    RunTerminalState.SYNCING: Badge("busy", "turn", _("syncing")),
    RunTerminalState.DONE: Badge("good", "check", _("done")),
    RunTerminalState.PARTLY: Badge("wait", "half", _("partly done")),
    RunTerminalState.REFUSED: Badge("bad", "cross", _("stopped")),
    RunTerminalState.NOT_REACHED: Badge("bad", "unplugged", _("not reached")),
}

# Of one person at one terminal.
PERSON = {
    PersonState.CONFIRMED: Badge("good", "check", _("held, confirmed")),
    PersonState.ACCEPTED: Badge("wait", "half", _("accepted, cannot be verified")),
    PersonState.ADD: Badge("wait", "clock", _("waiting to be added")),
    PersonState.CHANGE: Badge("wait", "clock", _("change waiting")),
    PersonState.REMOVE: Badge("bad", "clock", _("waiting to be removed")),
    PersonState.REFUSED: Badge("bad", "cross", _("refused")),
    PersonState.UNCERTAIN: Badge("wait", "warning", _("not certain")),
    PersonState.STRANGER: Badge("wait", "warning", _("known to this terminal only")),
    PersonState.ABSENT: Badge("", "blank", _("not here")),
}

# The numbers of a plan: the word in addresses, the holdings behind it, and what it is called.
COUNTS = {
    "new": HoldingState.NEW,
    "changed": HoldingState.CHANGED,
    "removed": HoldingState.REMOVE,
    "same": HoldingState.SAME,
    "refused": HoldingState.REFUSED,
}
COUNT_WORDS = {
    "new": _("new"),
    "changed": _("changed"),
    "removed": _("to remove"),
    "same": _("the same"),
    "refused": _("refused"),
}
ERASE_WORDS = {"new": _("written back"), "removed": _("not written back")}

# What the list behind each number means.
PEOPLE = {
    "new": _("These people are not in this terminal yet. Sync adds them."),
    "changed": _("These people are in this terminal, but something about them is to change."),
    "removed": _("These people are still in this terminal. Sync removes them, whatever groups are ticked."),
    "same": _("These people are in this terminal exactly as they should be: it was read back."),
    "refused": _("This terminal cannot hold these people. They are not sent to it."),
}
NOT_CONFIRMED = _("These people were confirmed in this terminal before. Whether that is still so is not known yet.")
ERASE_PEOPLE = {
    "new": _("These people are written into this terminal once it is empty."),
    "removed": _("These people are in this terminal now, and are not written back."),
}


def describe_count(choice: Selection, name: str, *, known: bool) -> tuple[str | Promise, str | Promise]:
    """What a number is called, and what the people behind it have in common. `known`: what the terminal holds is known."""
    if choice.mode == Mode.ERASE and name in ERASE_WORDS:
        return ERASE_WORDS[name], ERASE_PEOPLE[name]
    if name == "same" and not known:
        return COUNT_WORDS[name], NOT_CONFIRMED
    return COUNT_WORDS[name], PEOPLE[name]


def terminal_badge(status: TerminalStatus) -> Badge:
    """How a terminal's state is shown; people whom it cannot hold are counted."""
    look = TERMINAL[status.condition]
    if status.condition is Condition.UNKNOWN and status.terminal.unreadable:
        return replace(look, word=_("not known who is in it: it could not be read"))
    if status.condition is not Condition.CANNOT_HOLD:
        return look
    text = ngettext("up to date, but cannot hold %(n)s person", "up to date, but cannot hold %(n)s people", status.refused)
    return replace(look, word=text % {"n": status.refused})


def run_terminal_badge(state: RunTerminalState, status: TerminalStatus) -> Badge:
    """How a run terminal is shown. Only where nothing at all waits for its terminal is that the same as up to date.

    It is not called done where somebody cannot be added before a decision.
    """
    told = status.condition in (Condition.UP_TO_DATE, Condition.CANNOT_HOLD, Condition.ACCEPTED)
    if state == RunTerminalState.DONE and (told or (status.held_up and status.condition is Condition.TO_DECIDE)):
        return terminal_badge(status)
    return LINE[state]


def what_is_left(status: TerminalStatus) -> str:
    """What keeps a terminal from being up to date, as a sentence that names it; empty when nothing does."""
    name, told = status.terminal.name, status.condition
    if told is Condition.CANNOT_HOLD or (told is Condition.CHANGES and not status.waiting and status.refused):
        text = ngettext("%(name)s cannot hold %(n)s person.", "%(name)s cannot hold %(n)s people.", status.refused)
        return text % {"name": name, "n": status.refused} + f" {held_up_sentence(status)}".rstrip()
    if told is Condition.UNKNOWN and status.terminal.unreadable:
        text = gettext("%(name)s could not be read whole: removals are sent all the same, nobody is added before.")
        return text % {"name": name}
    if status.waiting and told is not Condition.OTHER_DEVICE:
        text = ngettext("%(n)s change still waits at %(name)s.", "%(n)s changes still wait at %(name)s.", status.waiting)
        return text % {"name": name, "n": status.waiting}
    if told is Condition.TO_DECIDE:
        text = ngettext(
            "%(n)s person is known to %(name)s only: somebody has to decide on them.",
            "%(n)s people are known to %(name)s only: somebody has to decide on them.",
            status.strangers,
        )
        return text % {"name": name, "n": status.strangers} + f" {held_up_sentence(status)}".rstrip()
    sentences = {
        Condition.ACCEPTED: gettext("%(name)s accepted everything, but shows nothing of it: nobody can verify that."),
        Condition.OTHER_DEVICE: gettext("Another device answers in the place of %(name)s."),
        Condition.UNREACHABLE: gettext("%(name)s does not answer."),
        Condition.UNKNOWN: gettext("It is not known who is in %(name)s until Sync has read it."),
        Condition.NEVER: gettext("%(name)s was never synced."),
        Condition.UNDER_WAY: gettext("Another batch is under way at %(name)s."),
        Condition.UNCONFIRMED: gettext("What %(name)s holds was not confirmed since Doorsync started."),
        Condition.CHANGES: gettext("A change is being worked out for %(name)s."),
    }
    return sentences.get(told, "") % {"name": name} if told in sentences else ""


def held_up_sentence(status: TerminalStatus) -> str:
    """How many are not sent to this terminal because a number is taken there; empty when nobody is."""
    if not status.held_up:
        return ""
    text = ngettext(
        "%(n)s person cannot be added there meanwhile: whoever was enrolled at the terminal itself has their number.",
        "%(n)s people cannot be added there meanwhile: those who were enrolled at the terminal itself have their numbers.",
        status.held_up,
    )
    return text % {"n": status.held_up}

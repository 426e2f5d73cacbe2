"""The one glossary of states: for each its tone, its icon and its word. Pages never show a state without all three."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.sync.choices import Choice
from doorsync.hub.sync.models import LineState, Mode, State


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown. `tone` names a colour of the style guide."""

    tone: str
    icon: str
    word: Promise


# Of a terminal, before a run. Those that say "since" or "verified" are followed by a time.
TERMINAL = {
    "up-to-date": Look("good", "check", _("up to date")),
    "changes": Look("wait", "clock", _("changes waiting")),
    "partly": Look("wait", "half", _("partly done")),
    "unreachable": Look("bad", "unplugged", _("not reachable since")),
    "never": Look("", "blank", _("never synced")),
}

# Of a line, during and after a run.
LINE = {
    LineState.WAITING: Look("wait", "clock", _("waiting for a connection")),
    LineState.SYNCING: Look("busy", "turn", _("syncing")),
    LineState.DONE: Look("good", "check", _("up to date")),
    LineState.PARTLY: Look("wait", "half", _("partly done")),
    LineState.REFUSED: Look("bad", "cross", _("stopped")),
    LineState.NOT_REACHED: Look("bad", "unplugged", _("not reached")),
}

# Of one person at one terminal.
PERSON = {
    State.SAME: Look("good", "check", _("up to date")),
    State.NEW: Look("wait", "clock", _("waiting to be added")),
    State.CHANGED: Look("wait", "clock", _("change waiting")),
    State.REMOVE: Look("wait", "clock", _("waiting to be removed")),
    State.REFUSED: Look("bad", "cross", _("refused")),
}

# The numbers of a plan: the word in addresses, the holdings behind it, and what it is called.
COUNTS = {"new": State.NEW, "changed": State.CHANGED, "removed": State.REMOVE, "same": State.SAME, "refused": State.REFUSED}
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
ERASE_PEOPLE = {
    "new": _("These people are written into this terminal once it is empty."),
    "removed": _("These people are in this terminal now, and are not written back."),
}


def described(choice: Choice, name: str) -> tuple[str | Promise, str | Promise]:
    """What a number is called, and what the people behind it have in common; other words when terminals are erased."""
    if choice.mode == Mode.ERASE and name in ERASE_WORDS:
        return ERASE_WORDS[name], ERASE_PEOPLE[name]
    return COUNT_WORDS[name], PEOPLE[name]

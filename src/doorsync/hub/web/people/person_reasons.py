"""Why a person stands at a terminal as they do: a few sentences for each place. What each field holds is never told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain import validity
from doorsync.domain.rendering import Person, notices_for
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.models import Stranger
from doorsync.hub.sync.run.unreadable_terminals import unreadable_text
from doorsync.hub.terminals.agent_status import clock_time
from doorsync.hub.terminals.connectivity import is_connected, silent_since
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState

FIELD_WORDS = {
    "name": gettext_lazy("name"),
    "cards": gettext_lazy("cards"),
    "pin": gettext_lazy("PIN"),
    "schedules": gettext_lazy("time schedules"),
    "until": gettext_lazy("expiry"),
}


def person_reasons(place: PersonAtTerminal) -> list[str]:
    """All there is to say, the most telling first."""
    return list(_reasons(place))


def _reasons(place: PersonAtTerminal) -> Iterator[str]:
    state, row = place.state, place.row
    if place.terminal.unread:
        yield _("Not known until this terminal was read whole.")
        if place.terminal.unreadable:
            yield unreadable_text(place.terminal)
    if place.stranger:
        yield _of_stranger(place.stranger)
    elif not place.should:
        yield not_wanted(place)
    if state in (PersonState.REFUSED, PersonState.REMOVE) and row and row.refusal:
        yield describe_selection(row.refusal)
    if state is PersonState.CONFIRMED and not place.credentials:
        yield _("No card or PIN here: this person cannot open the door.")
    yield from _notices(place)
    yield from _doubts(place)
    if state in (PersonState.ADD, PersonState.CHANGE, PersonState.REMOVE):
        yield from _pending(place)


def _notices(place: PersonAtTerminal) -> Iterator[str]:
    """What this terminal holds, or will hold, otherwise than it stands here."""
    if place.user and place.should and not (place.row and place.row.refusal):
        person = Person(key=str(place.user.number), name=place.user.full_name, until=place.user.expires)
        yield from (describe_selection(notice) for notice in notices_for(person, place.terminal.capabilities))


def _of_stranger(stranger: Stranger) -> str:
    if stranger.own:
        return _("One of the terminal's own administrators: never removed.")
    if stranger.kept:
        return _("Enrolled at the terminal itself. Somebody decided that they stay.")
    return _("Enrolled at the terminal itself, or added before a restore: somebody has to decide whether they stay.")


def _doubts(place: PersonAtTerminal) -> Iterator[str]:
    """Why it is not certain what the terminal holds."""
    seen, unsure = place.terminal.seen_at, place.state is PersonState.UNCERTAIN
    if place.held is None and not place.terminal.unread:
        yield _("Not certain what it holds until it answers.")
    if not place.status.confirmed and seen and (place.held or unsure):
        yield _("Last confirmed %(at)s, not since Doorsync started.") % {"at": clock_at(seen, place)}


def _pending(place: PersonAtTerminal) -> Iterator[str]:
    """What is to be done there, since when, and why it was not done yet."""
    if place.refreshing:
        yield _("A change that concerns this person is still being worked out.")
    elif place.state is PersonState.CHANGE and place.held:
        yield changed_fields(place)
    if place.state is not PersonState.REMOVE and place.row and place.row.wanted_since:
        yield _("Since %(at)s.") % {"at": clock_at(place.row.wanted_since, place)}
    yield from _waits(place)


def changed_fields(place: PersonAtTerminal) -> str:
    """Which fields differ, by name alone."""
    names = [str(FIELD_WORDS[name]) for name in place.differing]
    if not names:
        return _("The terminal holds something else than it should.")
    return _("Changed: %(fields)s.") % {"fields": ", ".join(names)}


def not_wanted(place: PersonAtTerminal) -> str:
    """Why the rules do not let this person open this terminal now."""
    user, zone = place.user, place.terminal.location.zone
    if user is None:
        stranger = place.row is not None and place.row.user_id is None
        return _("Known to this terminal only.") if stranger else _("No longer in the software.")
    if not place.has_right:
        return _("No right at this terminal.") if place.in_group else _("In no group.")
    if not user.active:
        return _("Suspended.")
    if user.starts and validity.start_instant(user.starts, zone) > timezone.now():
        return _("Starts %(at)s.") % {"at": clock_at(validity.start_instant(user.starts, zone), place)}
    return _("Expired %(at)s.") % {"at": clock_at(validity.end_instant(user.expires, zone), place)}


def _waits(place: PersonAtTerminal) -> Iterator[str]:
    """Why what is pending was not done yet."""
    terminal, now = place.terminal, timezone.now()
    connected = is_connected(terminal.agent, now)
    if place.problem:
        yield _("The terminal did not take it: %(why)s") % {"why": describe_selection(place.problem)}
    if terminal.lost_at:
        yield _("Not reached since %(at)s.") % {"at": clock_at(terminal.lost_at, place)}
        alone = connected and (place.state is PersonState.REMOVE or not terminal.restored_at)
        yield _("It is sent by itself when this terminal answers.") if alone else _("It waits for the next press of Sync.")
    elif since := silent_since(terminal.agent, now):
        told = {"name": terminal.agent.name, "at": clock_at(since, place)}
        yield _("Its agent “%(name)s” has not been heard of since %(at)s.") % told
    elif place.held_back:
        yield _("Held back, because so many people would be removed: it waits for the typed number.")
    elif place.under_way:
        yield _("It is being sent.")
    elif place.state is PersonState.REMOVE and connected:
        yield _("It is about to be sent by itself.")
    else:
        yield _("It waits for somebody to press Sync.")


def clock_at(moment: datetime, place: PersonAtTerminal) -> str:
    """On the clock of the place, with its zone."""
    return clock_time(moment, timezone.now(), place.terminal.location.zone)

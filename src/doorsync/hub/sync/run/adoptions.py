"""Take over people whom a terminal in use holds: an administrator confirmed who they are. See `holdings/adoption`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from doorsync.domain.allowance import completed_allowance
from doorsync.domain.digest import UNKNOWN
from doorsync.domain.record import Kind
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.errors import AdoptionChanged, NoStranger
from doorsync.hub.sync.holdings.adoption import compare, takes_over_in_place
from doorsync.hub.sync.holdings.found_strangers import drop_strangers, refresh_keys
from doorsync.hub.sync.holdings.places import PLACED, opened_place, sealed_place
from doorsync.hub.sync.holdings.wanted_refresh import refresh_or_put_off
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.sync.run.automatic_runs import start_removal_run
from doorsync.hub.sync.run.stranger_decisions import hold_for_removal
from doorsync.hub.terminals.models import Terminal


@transaction.atomic
def adopt_people(*, terminal: Terminal, people: Mapping[int, str], actor: Actor) -> int:
    """Hold these strangers, by id, as the people with these keys. Returns how many. Nothing is written to the terminal by this.

    Whoever is there just as they should be is not sent again; the others are replaced in place, or moved to their own number
    without losing access. Raises NoStranger when nobody was chosen, and AdoptionChanged when one of them does not fit any more.
    """
    lock_company(terminal.company)
    terminal.refresh_from_db(fields=["unread", "limits"])
    if not people:
        raise NoStranger
    if not set(people.items()) <= compare(terminal).pairs() or len(set(people.values())) < len(people):
        raise AdoptionChanged
    rows = list(Stranger.objects.filter(pk__in=people, terminal=terminal).order_by("kind", "key"))
    for each in rows:
        _take_over(terminal, each, people[each.pk])
    trail.record("strangers.adopted", actor=actor, terminal=terminal.pk, people=len(rows))
    refresh_keys(terminal, drop_strangers(terminal, rows))
    here = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key__in=people.values())
    refresh_or_put_off(terminal, {user for user in here.values_list("user_id", flat=True) if user})
    start_removal_run(terminal.company, actor)
    return len(rows)


def _take_over(terminal: Terminal, stranger: Stranger, key: str) -> None:
    person = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, key=key)
    if not takes_over_in_place(terminal, stranger, key):
        hold_for_removal(terminal, stranger, foreseen=True)  # the person does not lose access, they move
        person.update(lost=True)  # and so they are sent without a press
        return
    held: dict[str, object] = {"held": bytes(stranger.held), "before": None, "held_since": timezone.now()}
    if terminal.capabilities.key_form in PLACED:  # what was found was digested under the key of a stranger
        place = opened_place(terminal, Kind.USER, stranger.key, stranger.place)
        held |= {"held": UNKNOWN, "held_since": None, "place": sealed_place(terminal, Kind.USER, key, place)}
    elif terminal.unread:
        held |= {"held": UNKNOWN, "before": bytes(stranger.held), "held_since": None}
    person.update(allowance=completed_allowance(stranger.allowance, ""), **held)

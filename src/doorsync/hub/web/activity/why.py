"""Why somebody was refused, and what the rules say of it now: it may be different by the time that anybody asks."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from doorsync.domain.door_events import Reason
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import CredentialView, credential_view
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.refused_cards import card_of
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.credential_values import DOTS, as_seen
from doorsync.hub.users.models import Credential, User
from doorsync.hub.web.people.person_reasons import person_reasons
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState, person_terminals


def concerned_user(event: AccessEvent, administrator: Administrator) -> User | None:
    """Whom the event is about: by number, or by who has the card now, if this administrator sees them."""
    users = visible_users(administrator)
    if event.user_number is not None:
        return users.filter(number=event.user_number).first()
    if event.card_lookup is None:
        return None
    holder = Credential.objects.filter(kind="card", lookup=bytes(event.card_lookup)).values("user_id")
    return users.filter(pk__in=holder).first()


def place_now(event: AccessEvent, user: User, administrator: Administrator) -> PersonAtTerminal | None:
    """How this person stands at that terminal now."""
    here = visible_terminals(administrator).filter(pk=event.terminal_id or 0)
    return next(iter(person_terminals(user.company, key=str(user.number), user_id=user.pk, terminals=here)), None)


def explanations(event: AccessEvent, user: User | None, place: PersonAtTerminal | None) -> list[str]:
    """What can be said, the most telling first."""
    return list(_explanations(event, user, place))


def shown_card(event: AccessEvent, administrator: Administrator) -> str:
    """As much of the card that nobody had as this administrator may see; empty where there was none."""
    view = credential_view(administrator)
    if event.card_sealed is None:
        return ""
    if view is CredentialView.HIDDEN:
        return DOTS
    try:
        return as_seen(card_of(event), view)
    except CannotUnseal:
        return DOTS


def _explanations(event: AccessEvent, user: User | None, place: PersonAtTerminal | None) -> Iterator[str]:
    if event.user_number is None and user is not None:
        yield _("The card belongs to %(name)s now. This terminal did not know it then.") % {"name": user.full_name}
    elif event.card_lookup is not None:
        yield _("Nobody in the software has this card.")
    elif user is None and event.user_number is not None:
        yield _("This person is no longer in the software.")
    elif user is None and event.key:
        yield _("The terminal knew somebody whom the software did not put there.")
    yield from _hint(event)
    if place is not None:
        yield from _now(place)


def _hint(event: AccessEvent) -> Iterator[str]:
    if event.reason == Reason.OUTSIDE_HOURS:
        yield _("None of their time schedules had the door open then, by the terminal's clock.")
    elif event.reason == Reason.NO_HOURS:
        yield _("They were there without a time schedule that the terminal holds.")
    elif event.reason == Reason.EXPIRED:
        yield _("Their expiry, as the terminal held it, had passed by the terminal's clock.")
    elif event.reason == Reason.WRONG_PIN:
        yield _("The PIN that was typed was another one than theirs.")


def _now(place: PersonAtTerminal) -> Iterator[str]:
    if place.state is PersonState.CONFIRMED:
        yield _("Now the rules let them in here, within their hours, and the terminal holds that.")
    elif place.should:
        yield _("The rules let them in here now, within their hours; the terminal does not hold it yet.")
    else:
        yield _("The rules do not let them in here now.")
    yield from person_reasons(place)

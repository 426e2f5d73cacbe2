"""A PIN that more than one person has is saved, as in a file, and told: a door that takes a PIN alone cannot tell them apart."""

from __future__ import annotations

from django.utils.translation import gettext as _

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.users.credential_kinds import PIN
from doorsync.hub.users.models import Credential, User
from doorsync.hub.web.flash import tell

MOST_NAMES = 3


def shared_pin_warning(user: User, administrator: Administrator) -> str:
    """Who else has the PIN of this person, in a sentence; empty where nobody has. Only who may be seen is named."""
    own = Credential.objects.filter(user=user, kind=PIN.name).values("lookup")
    others = Credential.objects.filter(kind=PIN.name, lookup__in=own).exclude(user=user)
    total = others.count()
    if not total:
        return ""
    shown = visible_users(administrator).filter(pk__in=others.values("user_id")).order_by("number")[:MOST_NAMES]
    told = {"name": user.full_name, "others": _names(list(shown), total)}
    return _("%(name)s and %(others)s have the same PIN: a door that takes a PIN alone cannot tell them apart.") % told


def tell_shared_pin(request: SignedInRequest, user: User) -> None:
    """Tell it on the next page."""
    if text := shared_pin_warning(user, request.signed_in.administrator):
        tell(request, text, "wait")


def _names(shown: list[User], total: int) -> str:
    named = ", ".join(_("%(name)s (number %(number)s)") % {"name": each.full_name, "number": each.number} for each in shown)
    if not named:
        return _("somebody else")
    return _("%(names)s and %(n)s more") % {"names": named, "n": total - len(shown)} if total > len(shown) else named

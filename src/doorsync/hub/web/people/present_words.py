"""What a field holds now, for somebody whose form showed something older."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from doorsync.hub.users.fields import MOMENT_TEXTS
from doorsync.hub.users.models import Group


def described(name: str, value: Any) -> str:
    """Which value somebody else has put there meanwhile."""
    told = MOMENT_TEXTS[name](value) if name in MOMENT_TEXTS else value
    if name == "groups":
        told = ", ".join(Group.objects.filter(pk__in=value).values_list("name", flat=True))
    if not told:
        return _("Somebody has emptied this meanwhile. Saving again puts yours there.")
    return _("Somebody has changed this to “%(value)s” meanwhile. Saving again puts yours there.") % {"value": told}

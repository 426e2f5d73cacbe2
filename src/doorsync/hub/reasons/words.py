"""The one place that turns a reason into words for people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from doorsync.domain.reason import Reason
from doorsync.hub.reasons.sentences import SENTENCES


def describe_selection(reason: Reason) -> str:
    """A sentence in the reader's language; empty for no reason. A code that this hub does not know is shown as it is."""
    if not reason:
        return ""
    parameters = dict(reason.parameters)
    if parameters.get("name") == "":
        parameters["name"] = _("somebody without a name")
    if parameters.get("cause") in SENTENCES:
        parameters["cause"] = describe_selection(Reason(str(parameters.pop("cause")), parameters))
    try:
        return str(SENTENCES[reason.code] % parameters)
    except (KeyError, TypeError, ValueError):
        return _("The agent says: %(code)s") % {"code": reason.code}

"""The page of one user's sync: where it is to be sent, how it stands at each terminal, and the button.

A sign-in link of getSyncToken opens this page for its user, and nothing else. In other sessions an address names the user.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.errors import NeedsConfirmation, SyncError
from doorsync.hub.sync.plan.selections import Selection, within_limit
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.web.decorators import needs_user_sync
from doorsync.hub.web.sync import page_links, user_context
from doorsync.hub.web.sync.parameters import ids_of, typed_count

REFUSED = 409


@require_GET
@needs_user_sync
def user_page(request: SignedInRequest) -> HttpResponse:
    """The user and where they are missing. With script it starts by itself where the link named a location; see user.js."""
    return _shown(request, _choice(request))


@require_POST
@needs_user_sync
def press_sync_user(request: SignedInRequest) -> HttpResponse:
    """Open a run for this user alone, or join the same one, and go to its page."""
    choice, signed_in = _choice(request), request.signed_in
    wanted = within_limit(choice, signed_in.administrator)
    try:
        run = start_run(company=signed_in.company, choice=wanted, confirmed=typed_count(request.POST), actor=signed_in.actor)
    except NeedsConfirmation as needed:
        wrong = _("That is not %(count)s. Nothing was sent.") % {"count": needed.count} if request.POST.get("confirmed") else ""
        return _shown(request, choice, REFUSED, wrong_count=wrong)
    except SyncError as error:
        return _shown(request, choice, REFUSED, problem=str(error))
    return redirect(page_links.run_address(request, run.public_id))


def _choice(request: SignedInRequest) -> Selection:
    """This session's user, or in a session for all of them the one that is named; and at most one location."""
    given = request.POST if request.method == "POST" else request.GET
    named, own = ids_of(given, "user"), request.signed_in.user_id
    user = own or (named[0] if named else 0)
    if not user or (own and named and named != [own]):
        raise Http404
    default = request.signed_in.location_id if "location" not in given else None
    places = frozenset([default] if default else ids_of(given, "location")[:1])
    known = user_context.location_ids(request.signed_in.administrator) | {default}  # the link's own may have no terminals
    if not places <= known:
        raise Http404
    return Selection(locations=places, user=user)


def _shown(request: SignedInRequest, choice: Selection, status: int = 200, **more: str) -> HttpResponse:
    data: dict[str, Any] = user_context.user_context(request, choice, **more)
    return render(request, "sync/user.html", data, status=status)

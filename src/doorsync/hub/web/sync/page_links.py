"""What every address of these pages carries: the session that the tab belongs to, and where the person wants to return to."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.urls import reverse

from doorsync.hub.administrators.authentication import SignedIn, SignedInRequest
from doorsync.hub.sync.plan.selections import Selection

Pairs = list[tuple[str, str]]


def kept_values(request: SignedInRequest) -> dict[str, str]:
    """The names and values that links and forms hand on."""
    kept = {"s": request.signed_in.public_id}
    address = return_address(request.signed_in, asked_return_address(request))
    return {**kept, "return": address} if address else kept


def asked_return_address(request: SignedInRequest) -> str:
    """The return address that the link or form named."""
    return request.POST.get("return") or request.GET.get("return") or ""


def return_address(signed_in: SignedIn, wanted: str) -> str:
    """The named address if the company registered exactly that one; any other is dropped without a word."""
    known = wanted in signed_in.company.return_urls
    return wanted if known and urlsplit(wanted).scheme in ("http", "https") else ""


def selection_fields(choice: Selection) -> Pairs:
    """A choice as fields of a form."""
    return [(name, value) for name, values in QueryDict(choice.as_query()).lists() for value in values]


def plan_address(request: SignedInRequest, choice: Selection) -> str:
    """The sync page with this choice."""
    return f"{reverse('sync:plan-page')}?{selection_query(request, choice)}"


def user_address(request: SignedInRequest, choice: Selection) -> str:
    """The page of one user's sync, with the location of this choice."""
    places = choice.locations if len(choice.locations) == 1 else ()
    pairs = [("user", str(choice.user)), ("location", next(map(str, places), ""))]
    return f"{reverse('sync:user')}?{urlencode([*pairs, *kept_values(request).items()])}"


def start_address(request: SignedInRequest, choice: Selection) -> str:
    """The page on which a run for this choice is started."""
    return user_address(request, choice) if choice.user else plan_address(request, choice)


def selection_query(request: SignedInRequest, choice: Selection, **more: str | int) -> str:
    """A choice, what is kept, and more, as the query of an address."""
    return "&".join(part for part in (choice.as_query(), urlencode({**kept_values(request), **more})) if part)


def run_address(request: SignedInRequest, public_id: str) -> str:
    """The page of a run."""
    return f"{reverse('sync:run', args=[public_id])}?{urlencode(kept_values(request))}"

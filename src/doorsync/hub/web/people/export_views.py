"""The people of a list as a CSV file that an import takes again. Cards, PINs and QR codes are never in it."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe
from django_scopes import scope

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.companies.models import Company
from doorsync.hub.users.files.csv_people import list_cell
from doorsync.hub.users.models import Membership, User
from doorsync.hub.users.queries import portions
from doorsync.hub.users.validity_dates import end_text, start_text
from doorsync.hub.web.csv_downloads import BYTE_ORDER_MARK, Echo, csv_download
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.people.list_choice import ListChoice
from doorsync.hub.web.people.list_query import chosen_users

HEADER = ("id", "first_name", "insertion", "last_name", "groups", "starts", "expires", "active", "email", "phone")
AT_ONCE = 1000  # people that are read at once
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PHONE = re.compile(r"[+0-9][0-9 ()./-]*")


@require_safe
@needs_permission(Permission.PEOPLE)
def export_people(request: SignedInRequest) -> HttpResponseBase:
    """All people whom the filters of the list show, read in portions; who took them along is in the audit."""
    chosen = chosen_users(request.signed_in.administrator, ListChoice.from_query(request.GET))
    pks = list(chosen.values_list("pk", flat=True))
    trail.record("users.exported", actor=request.signed_in.actor, users=len(pks))
    return csv_download(_csv_portions(request.signed_in.company, pks), "people.csv")


def _csv_portions(company: Company, pks: list[int]) -> Iterator[str]:
    """The text in portions, each read when it is asked for. Whoever was deleted meanwhile is left out."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(HEADER)
    for some in portions(pks, AT_ONCE):
        with scope(company=company):
            users, groups = User.objects.in_bulk(some), _groups(some)
        found = [users[pk] for pk in some if pk in users]
        yield "".join(writer.writerow([harmless(cell) for cell in _cells(user, groups[user.pk])]) for user in found)


def harmless(cell: str) -> str:
    """No spreadsheet takes it for a formula. A phone number stays as it is: digits alone do no harm."""
    return f"'{cell}" if cell.startswith(FORMULA) and not PHONE.fullmatch(cell) else cell


def _cells(user: User, groups: list[str]) -> tuple[str, ...]:
    return (
        user.external_id,
        user.first_name,
        user.insertion,
        user.last_name,
        list_cell(groups),
        start_text(user.starts),
        end_text(user.expires),
        "yes" if user.active else "no",
        user.email,
        user.phone,
    )


def _groups(pks: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Membership.objects.filter(user_id__in=pks).order_by("group__name")
    for pk, name in rows.values_list("user_id", "group__name"):
        found[pk].append(name)
    return found

"""The people of a list as a CSV file that an import takes again. Cards, PINs and QR codes are never in it."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.users.files.csv_people import SEPARATOR
from doorsync.hub.users.models import Membership, User
from doorsync.hub.users.queries import portions
from doorsync.hub.users.validity_dates import end_parts, start_parts
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.people.list_choice import ListChoice
from doorsync.hub.web.people.list_query import chosen_users

HEADER = ("id", "first_name", "insertion", "last_name", "groups", "starts", "expires", "active", "email", "phone")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PHONE = re.compile(r"[+0-9][0-9 ()./-]*")


@require_safe
@needs_permission(Permission.PEOPLE)
def export_people(request: SignedInRequest) -> HttpResponse:
    """All people whom the filters of the list show; who took them along is in the audit."""
    users = list(chosen_users(request.signed_in.administrator, ListChoice.from_query(request.GET)))
    trail.record("users.exported", actor=request.signed_in.actor, users=len(users))
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(HEADER)
    groups = _groups([user.pk for user in users])
    table.writerows([harmless(cell) for cell in _cells(user, groups[user.pk])] for user in users)
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


def harmless(cell: str) -> str:
    """No spreadsheet takes it for a formula. A phone number stays as it is: digits alone do no harm."""
    return f"'{cell}" if cell.startswith(FORMULA) and not PHONE.fullmatch(cell) else cell


def _cells(user: User, groups: list[str]) -> tuple[str, ...]:
    return (
        user.external_id,
        user.first_name,
        user.insertion,
        user.last_name,
        SEPARATOR.join(groups),
        " ".join(filter(None, start_parts(user.starts))) if user.starts else "",
        " ".join(filter(None, end_parts(user.expires))) if user.expires else "",
        "yes" if user.active else "no",
        user.email,
        user.phone,
    )


def _groups(pks: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for some in portions(pks):
        rows = Membership.objects.filter(user_id__in=some).order_by("group__name")
        for pk, name in rows.values_list("user_id", "group__name"):
            found[pk].append(name)
    return found

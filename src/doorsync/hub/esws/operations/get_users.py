"""getUsers: the users of a company with all that is known of them, by pages of 1000 or all at once, or one of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.flags import is_set
from doorsync.hub.esws.named_rows import is_given, named_user
from doorsync.hub.esws.refusals import BadPage, NoSuchLocation, NoSuchUser
from doorsync.hub.esws.users.choosing import chosen_users
from doorsync.hub.esws.users.rows import KINDS, USERS, Row, user_row
from doorsync.hub.esws.values import SAID, STRING, Pages
from doorsync.hub.users.models import User
from doorsync.hub.users.reading import PER_PAGE, read_page

LONGEST = 9  # digits of a page


def get_users(call: CompanyCall, *, page: str, location: str, user: str, add_time: str | None) -> list[Row] | Pages:
    """The users by number. Raises BadPage, NoSuchUser or NoSuchLocation."""
    users = chosen_users(call, location)
    if is_given(user):
        users = users.filter(pk=named_user(user).pk)
        if not users.exists():
            raise NoSuchUser
    with_time = _with_time(add_time)
    if is_given(page):
        return [user_row(each, with_time=with_time) for each in read_page(call.company, users, _page(page), KINDS)]
    return Pages(users.count(), _all_pages(call.company, users, with_time=with_time))


def _all_pages(company: Company, users: QuerySet[User], *, with_time: bool) -> Iterator[list[Row]]:
    """Page after page, each in whatever thread asks for it. Who comes or goes meanwhile shifts nobody out of a page."""
    last: int | None = 0
    while last is not None:
        rows, last = _page_after(company, users, last, with_time=with_time)
        yield rows


def _page_after(company: Company, users: QuerySet[User], number: int, *, with_time: bool) -> tuple[list[Row], int | None]:
    """The next rows, and the number of the last of them; None when there are no more."""
    with scope(company=company):
        found = read_page(company, users.filter(number__gt=number), 1, KINDS)
    return [user_row(each, with_time=with_time) for each in found], found[-1].user.number if len(found) == PER_PAGE else None


def _page(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise BadPage
    return int(text)


def _with_time(text: str | None) -> bool:
    """The older form of the call, with four parameters, promises the time."""
    text = None if text is None else text.strip()
    return text is None or is_set(text) or (text.isascii() and text.isdigit() and bool(text.strip("0")))


OPERATION = company_operation(
    name="Esws.getUsers",
    about="The users by number, with their groups and credentials: a page of 1000, all of them, or one.",
    parameters=(
        Parameter("p_page", "page", STRING, "1: the first 1000, 2: the next; empty or 0: all", required=False),
        Parameter(
            "p_locationID", "location", STRING, "id of a location; counts in companies of the type Branches", required=False
        ),
        Parameter("p_userId", "user", STRING, "one user's id; empty or 0: all", required=False),
        Parameter(
            "p_addTimeToDate",
            "add_time",
            SAID,
            "above 0: dates with their time; empty or 0: without; a call without this parameter gets the time",
            required=False,
        ),
    ),
    returns=USERS,
    run=get_users,
    return_strings={
        BadPage: "NO_VALID_PAGE",
        NoSuchUser: "NO_USER_ID_FOUND",
        NoSuchLocation: "NO_LOCATION_ID_FOUND",
    },
    sample=[
        {
            **dict.fromkeys(USERS.item.fields, ""),
            "UserId": "2179",
            "PIN": "0042",
            "Achternaam": "Jansen",
            "Voornaam": "Anna",
            "Admin": "0",
            "Security": "0",
            "StartDate": "2026-12-01",
            "ExpireDate": "2027-11-30",
            "info1": "blue locker",
            "GroupS": "Members;Sauna",
            "TemplatesNr": "0",
            "wsAltUserId": "M-1042",
            "CardId": "36136500607727109",
            "LicensePlate": "12ABCD",
            "IsVisitor": "0",
            "Active": "1",
        }
    ],
)

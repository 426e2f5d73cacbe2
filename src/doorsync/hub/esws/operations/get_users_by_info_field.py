"""getUsersByInfoField: the users in whose info field this value stands."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django_scopes import scope

from doorsync.domain.text import normalized_text
from doorsync.hub.companies.models import Company
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import NobodyFound, NoSuchInfoField
from doorsync.hub.esws.users.rows import FOUND_FIELDS, Row, array_of, found_rows
from doorsync.hub.esws.values import STRING, Pages
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.info_fields import info_field_functions
from doorsync.hub.users.models import User
from doorsync.hub.users.reading import PER_PAGE


def get_users_by_info_field(call: CompanyCall, *, field: str, value: str) -> Pages:
    """The users by number. A field that stands for another is that one. Raises NoSuchInfoField or NobodyFound."""
    name = field.strip().lower()
    if name not in INFO:
        raise NoSuchInfoField
    column = info_field_functions().get(name, name)
    found = User.objects.filter(**{column: normalized_text(value.strip())}).order_by("number")
    if not (count := found.count()):
        raise NobodyFound
    return Pages(count, _pages(call.company, found.only("number", "last_name", "first_name")))


def _pages(company: Company, found: QuerySet[User]) -> Iterator[list[Row]]:
    """Page after page, each in whatever thread asks for it: an empty value may find everybody."""
    last: int | None = 0
    while last is not None:
        with scope(company=company):
            users = list(found.filter(number__gt=last)[:PER_PAGE])
        yield found_rows(users)
        last = users[-1].number if len(users) == PER_PAGE else None


OPERATION = company_operation(
    name="Esws.getUsersByInfoField",
    about="The users in whose info field exactly this value stands; without a value, those where it is empty.",
    parameters=(
        Parameter("p_InfoField", "field", STRING, "info1 to info14"),
        Parameter("p_InfoFieldValue", "value", STRING, "the value; empty: users whose field is empty", required=False),
    ),
    returns=array_of("getUsersByInfoFieldObject", *FOUND_FIELDS),
    run=get_users_by_info_field,
    return_strings={
        NoSuchInfoField: "NO_VALID_INFOFIELD",
        NobodyFound: "NO_USER_ID_FOUND",
    },
    sample=[dict(zip(FOUND_FIELDS, ("2179", "Jansen", "Anna", "0"), strict=True))],
)

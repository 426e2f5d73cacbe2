"""Saves the users of calls that come together: those of a company in one transaction.

See docs/decisions/users-from-programs-are-written-together.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.esws.company_operations import VIA, CompanyCall
from doorsync.hub.esws.declarations import Caller
from doorsync.hub.esws.refusals import Refused
from doorsync.hub.esws.users.parameters import Said
from doorsync.hub.esws.users.saving import save_together
from doorsync.hub.users.models import User

K = TypeVar("K", int, str)
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UserKey(Generic[K]):
    """By what calls name a user: the `keyword` of the parameter, and the `field` of the user.

    `read` raises Refused for what names nobody; `find` finds the users of the company in scope; `check` raises Refused where the
    company cannot be asked by it.
    """

    keyword: str
    field: str
    read: Callable[[str], K]
    find: Callable[[Collection[K]], Mapping[K, User]]
    check: Callable[[], None] = lambda: None


def saved_together(
    key: UserKey[K], calls: Sequence[tuple[Caller, Given]], makes_sense: Callable[[Given], bool] = lambda _: True
) -> list[str | None]:
    """The numbers of the users whom these calls save; None for each call that is to be answered alone.

    `makes_sense`: whether an operation takes what is given besides the key.
    """
    answers: list[str | None] = [None] * len(calls)
    for code in dict.fromkeys(given["code"] for _, given in calls):
        places: dict[K, int] = {}  # two calls about one user are two transactions
        for place, (_, given) in enumerate(calls):
            with suppress(Refused):
                if given["code"] == code and given[key.keyword] and makes_sense(given):
                    places.setdefault(key.read(given[key.keyword]), place)
        said = {named: _said(calls[place][1], key.keyword) for named, place in places.items()}
        for named, number in _saved_in_company(code, key, said).items():
            answers[places[named]] = number
    return answers


def _said(given: Given, keyword: str) -> Said:
    return Said(**{name: value for name, value in given.items() if name in Said.__dataclass_fields__ and name != keyword})


def _saved_in_company(code: str, key: UserKey[K], said: Mapping[K, Said]) -> Mapping[K, str]:
    with suppress(UnknownCompany, Refused):
        company = company_by_code(code)
        if said and not company.branches:
            with scope(company=company):
                key.check()
                call = CompanyCall(company=company, actor=Actor(company_id=company.pk, via=VIA))
                return save_together(call, said, key.find, key.field)
    return {}

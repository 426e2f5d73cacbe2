"""updateUser: insert or change the user with this number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.esws.company_operations import VIA, CompanyCall, company_operation
from doorsync.hub.esws.declarations import Caller, Parameter
from doorsync.hub.esws.refusals import BadId, NoId
from doorsync.hub.esws.users.lookup import user_number, user_of_number
from doorsync.hub.esws.users.parameters import CARD, GROUP_NAME, GROUP_UPDATE, PERSON, REST, Said
from doorsync.hub.esws.users.saving import NOT_SAVED, save_together, save_user
from doorsync.hub.esws.values import STRING


def update_user(call: CompanyCall, *, number: str, **said: Any) -> str:
    """The number, when the user is saved."""
    wanted = user_number(number)
    return save_user(call, Said(**said), {"number": wanted}, lambda: user_of_number(wanted))


def update_users(calls: Sequence[tuple[Caller, Mapping[str, Any]]]) -> list[str | None]:
    """The numbers of the users that these calls save, those of a company in one transaction; None for each to be saved alone."""
    answers: list[str | None] = [None] * len(calls)
    for code in dict.fromkeys(given["code"] for _, given in calls):
        places: dict[int, int] = {}  # by the number of the user: two calls about one user are two transactions
        for place, (_, given) in enumerate(calls):
            with suppress(BadId):
                if given["code"] == code and given["number"]:
                    places.setdefault(user_number(given["number"]), place)
        said = {number: Said(**{name: calls[place][1][name] for name in SAID}) for number, place in places.items()}
        for number, answer in _saved_together(code, said).items():
            answers[places[number]] = answer
    return answers


def _saved_together(code: str, said: Mapping[int, Said]) -> dict[int, str]:
    with suppress(UnknownCompany):
        company = company_by_code(code)
        if said and not company.branches:
            with scope(company=company):
                return save_together(CompanyCall(company=company, actor=Actor(company_id=company.pk, via=VIA)), said)
    return {}


ALONE = company_operation(
    name="Esws.updateUser",
    about="Inserts the user with this number, or changes them. Returns the number.",
    parameters=(
        Parameter("p_Id", "number", STRING, "the user's number, 1 to 400000000", missing=NoId),
        *PERSON,
        GROUP_NAME,
        GROUP_UPDATE,
        *CARD,
        *REST,
    ),
    returns=STRING,
    run=update_user,
    return_strings={NoId: "NO_ID_RECEIVED", BadId: "INCORRECT_ID_RECEIVED", **NOT_SAVED},
    sample="2179",
)
SAID = frozenset(each.keyword for each in ALONE.parameters) - {"code", "number"}
OPERATION = replace(ALONE, run_together=update_users, by_company=True)

"""The numbers of people who were erased: what terminals tell of them afterwards is kept without them."""

from __future__ import annotations

from collections.abc import Collection

from doorsync.hub.companies.models import Company
from doorsync.hub.users import numbers
from doorsync.hub.users.models import ErasedNumber, User
from doorsync.hub.users.queries import portions


def note_erased(company: Company, number: int) -> None:
    """From now on this number names nobody, unless a program gives it to somebody again. In a transaction of the company.

    The own id of whoever had it is forgotten as well: they would not have their number back.
    """
    ErasedNumber.objects.bulk_create([ErasedNumber(company=company, number=number)], ignore_conflicts=True)
    numbers.forget_own_ids(company, number)


def erased_among(candidates: Collection[int]) -> set[int]:
    """Those of these numbers whose holder was erased, and that nobody has now. In the company's scope."""
    found: set[int] = set()
    for some in portions(sorted(candidates)):
        erased = set(ErasedNumber.objects.filter(number__in=some).values_list("number", flat=True))
        found |= erased - set(User.objects.filter(number__in=erased).values_list("number", flat=True)) if erased else erased
    return found

"""Numbers of users: the key in the terminals, never given to somebody else, not even after an older database was restored.

A number is skipped when a terminal was found to hold somebody under it. And how far numbers went is written beside the keys
as well, where a restore of the database does not turn it back. See docs/decisions/numbers-are-never-given-twice.md.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import Any

import structlog
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.dispatch import Signal

from doorsync.hub.companies import vault
from doorsync.hub.companies.dry_run import is_dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.statements import marks as marks_for
from doorsync.hub.companies.statements import rows_of
from doorsync.hub.companies.transactions import wait_before_commit
from doorsync.hub.settings import key_files
from doorsync.hub.users.models import FormerUser, GivenNumber, User
from doorsync.hub.users.queries import portions

# Sent with `company` and `numbers` (a list) before these are given; receivers answer with the set of those that are in use.
numbers_offered = Signal()
log = structlog.get_logger()
_writer = ThreadPoolExecutor(1, "numbers")

FORMER, LAST, GIVEN, PRESENT = range(4)  # what a row of `KNOWN` is about
KNOWN = """
SELECT 0, number, mark FROM users_formeruser WHERE company_id = %s AND mark IN ({former})
UNION ALL SELECT 1, last_number, NULL FROM companies_company WHERE id = %s
UNION ALL SELECT 2, number, NULL FROM users_givennumber WHERE company_id = %s AND number IN ({numbers})
UNION ALL SELECT 3, number, NULL FROM users_user WHERE company_id = %s AND number IN ({numbers})
"""


def new_numbers(company: Company, claims: Sequence[tuple[str, int | None]]) -> list[int]:
    """A number for each of these new users, by their own id ("" for none) and the number that a program gives, if it does.

    Whoever was here before, by their own id, has the old one back. A number that is given must not be `used`.
    """
    _keep_given(company, [number for _, number in claims if number])
    back = _given_back(company, [external_id for external_id, number in claims if not number])
    fresh = iter(_fresh(company, sum(not number and external_id not in back for external_id, number in claims)))
    return [number or (back[external_id] if external_id in back else next(fresh)) for external_id, number in claims]


def used_numbers(company: Company, claims: Mapping[int, str], own: Collection[int] = ()) -> set[int]:
    """Those of these numbers that somebody else has or had. Each comes with the own id of who is to have it ("" for none).

    Those in `own` are themselves the own ids of people without another, in the program that gives them: these may come back.
    """
    marks = {_mark_of(company, id_, number): number for number, id_ in claims.items() if id_ or number in own}
    given, present, returning = set[int](), set[int](), set[int]()
    furthest = _furthest(company)
    for some in portions(list(claims)):
        here = set(some)
        for what, number, mark in _known_numbers(company, some, [mark for mark, number in marks.items() if number in here]):
            if what == LAST:
                furthest = max(furthest, number)
            elif what == FORMER:
                returning |= {number} if marks[bytes(mark)] == number else set()
            else:
                (given if what == GIVEN else present).add(number)
    beside = _given_beside(company)
    used = given | {number for number in claims if number <= furthest or _within(beside, number)}
    return used - returning | present


def _known_numbers(company: Company, numbers: Sequence[int], former: Sequence[bytes]) -> list[tuple[Any, ...]]:
    """What the database knows of these numbers, and of former users by these marks: what, number and mark."""
    which = {"numbers": marks_for(numbers), "former": marks_for(former) if former else "NULL"}
    return rows_of(KNOWN.format_map(which), [company.pk, *former, company.pk, company.pk, *numbers, company.pk, *numbers])


def remember_numbers(company: Company, gone: Iterable[User]) -> None:
    """Keep the numbers of users who are removed, under a keyed hash of their own ids.

    Where a program gave the number and no other id, the number is the person's own id.
    """
    gone = list(gone)
    given: set[int] = set()
    for some in portions([user.number for user in gone if not user.external_id]):
        given |= set(GivenNumber.objects.filter(number__in=some).values_list("number", flat=True))
    rows = [
        FormerUser(company=company, mark=_mark_of(company, user.external_id, user.number), number=user.number)
        for user in gone
        if user.external_id or user.number in given
    ]
    FormerUser.objects.bulk_create(rows, update_conflicts=True, unique_fields=["company", "mark"], update_fields=["number"])


def forget_own_ids(company: Company, number: int) -> None:
    """Forget whose number this was. Where the number itself was their own id, the keyed hash tells nothing but that."""
    FormerUser.objects.filter(number=number).exclude(mark=_mark_of(company, "", number)).delete()


def _keep_given(company: Company, numbers: Sequence[int]) -> None:
    if not numbers:
        return
    rows = [GivenNumber(company=company, number=number) for number in numbers]
    GivenNumber.objects.bulk_create(rows, ignore_conflicts=True)
    if not is_dry_run():
        _note(company, given=numbers)


def _ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in as few ranges as can be."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _within(ranges: Sequence[tuple[int, int]], number: int) -> bool:
    """Whether one of these ranges, in order, holds the number."""
    place = bisect_right(ranges, (number, inf))
    return place > 0 and number <= ranges[place - 1][1]


def _given_back(company: Company, external_ids: Iterable[str]) -> dict[str, int]:
    marks = {_mark(company, each): each for each in external_ids if each}
    rows = list(FormerUser.objects.filter(mark__in=marks)) if marks else []
    if not rows:
        return {}
    FormerUser.objects.filter(pk__in=[row.pk for row in rows]).delete()
    taken = set(User.objects.filter(number__in=[row.number for row in rows]).values_list("number", flat=True))
    return {marks[bytes(row.mark)]: row.number for row in rows if row.number not in taken}


def _fresh(company: Company, count: int) -> list[int]:
    """Taken in one statement: two who ask at once never get the same."""
    found: list[int] = []
    beside = _given_beside(company)
    while len(found) < count:
        missing = count - len(found)
        furthest = Greatest(F("last_number"), Value(_furthest(company)))
        Company.objects.filter(pk=company.pk).update(last_number=furthest + missing)
        company.refresh_from_db(fields=["last_number"])
        offered = list(range(company.last_number - missing + 1, company.last_number + 1))
        answers: list[Any] = numbers_offered.send(sender=Company, company=company, numbers=offered)
        in_use = {number for _receiver, taken in answers for number in taken}
        in_use |= set(GivenNumber.objects.filter(number__in=offered).values_list("number", flat=True))
        in_use |= {number for number in offered if _within(beside, number)}
        found += [number for number in offered if number not in in_use]
        if not is_dry_run():
            _note(company, furthest=company.last_number)
    return found


def _mark(company: Company, external_id: str) -> bytes:
    return vault.keyed_hash(company, "former-user", external_id)


def _mark_of(company: Company, external_id: str, number: int) -> bytes:
    return _mark(company, external_id) if external_id else vault.keyed_hash(company, "former-number", str(number))


def _furthest(company: Company) -> int:
    """As far as numbers went by what lies beside the keys."""
    return int(json.loads(key_files.document(_name(company), _nobody))["furthest"])


def _given_beside(company: Company) -> list[tuple[int, int]]:
    """The ranges of numbers that programs gave, by what lies beside the keys."""
    return [(first, last) for first, last in json.loads(key_files.document(_name(company), _nobody)).get("given", ())]


def _note(company: Company, *, given: Collection[int] = (), furthest: int = 0) -> None:
    """Written while the transaction goes on, which is not committed before it is on the disk."""
    wait_before_commit(_writer.submit(_write_down, _name(company), given, furthest).result)


def _write_down(name: str, given: Collection[int], furthest: int) -> None:
    """A disk that cannot be written to stops nobody: the database knows it too."""
    try:
        key_files.change(name, _nobody, lambda text: _with_numbers(text, given, furthest))
    except OSError as error:
        log.warning("The numbers that were given could not be written beside the keys.", why=error.strerror)


def _with_numbers(text: str, given: Collection[int], furthest: int) -> str:
    noted = json.loads(text)
    noted["furthest"] = max(noted["furthest"], furthest)
    if given:
        ranges = ((first, last) for first, last in noted.get("given", ()))
        noted["given"] = _ranges([*ranges, *((number, number) for number in given)])
    return json.dumps(noted)


def _nobody() -> str:
    return json.dumps({"furthest": 0})


def _name(company: Company) -> str:
    return f"numbers-{vault.derived(company, 'numbers').hex()[:16]}"

"""Numbers of users: the key in the terminals, never given to somebody else, not even after an older database was restored.

A number is skipped when a terminal was found to hold somebody under it. And how far numbers went is written beside the keys
as well, where a restore of the database does not turn it back. See docs/decisions/numbers-are-never-given-twice.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.dispatch import Signal

from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.rehearsal import rehearsing
from doorsync.hub.settings import keyring
from doorsync.hub.users.models import FormerUser, User

# Sent with `company` and `numbers` (a list) before these are given; receivers answer with the set of those that are in use.
numbers_offered = Signal()
log = structlog.get_logger()


def new_numbers(company: Company, external_ids: Sequence[str]) -> list[int]:
    """A number for each of these new users, by their own ids ("" for none): whoever was here before has the old one back."""
    back = _given_back(company, external_ids)
    fresh = iter(_fresh(company, sum(each not in back for each in external_ids)))
    return [back[each] if each in back else next(fresh) for each in external_ids]


def remember(company: Company, gone: Iterable[User]) -> None:
    """Keep the numbers of users who are removed, under a keyed hash of their own ids."""
    with_id = [user for user in gone if user.external_id]
    rows = [FormerUser(company=company, mark=_mark(company, user.external_id), number=user.number) for user in with_id]
    FormerUser.objects.bulk_create(rows, update_conflicts=True, unique_fields=["company", "mark"], update_fields=["number"])


def _given_back(company: Company, external_ids: Iterable[str]) -> dict[str, int]:
    marks = {_mark(company, each): each for each in external_ids if each}
    rows = list(FormerUser.objects.filter(mark__in=marks)) if marks else []
    FormerUser.objects.filter(pk__in=[row.pk for row in rows]).delete()
    taken = set(User.objects.filter(number__in=[row.number for row in rows]).values_list("number", flat=True))
    return {marks[bytes(row.mark)]: row.number for row in rows if row.number not in taken}


def _fresh(company: Company, count: int) -> list[int]:
    """Taken in one statement: two who ask at once never get the same."""
    found: list[int] = []
    while len(found) < count:
        missing = count - len(found)
        furthest = Greatest(F("last_number"), Value(_furthest(company)))
        Company.objects.filter(pk=company.pk).update(last_number=furthest + missing)
        company.refresh_from_db(fields=["last_number"])
        offered = list(range(company.last_number - missing + 1, company.last_number + 1))
        answers: list[Any] = numbers_offered.send(sender=Company, company=company, numbers=offered)
        in_use = {number for _receiver, taken in answers for number in taken}
        found += [number for number in offered if number not in in_use]
        if not rehearsing():
            _note_furthest(company)
    return found


def _mark(company: Company, external_id: str) -> bytes:
    return vault.keyed_hash(company, "former-user", external_id)


def _furthest(company: Company) -> int:
    """As far as numbers went by what lies beside the keys."""
    return int(json.loads(keyring.document(_name(company), _nobody))["furthest"])


def _note_furthest(company: Company) -> None:
    """A disk that cannot be written to stops nobody: the database knows it too."""
    try:
        keyring.change(_name(company), _nobody, lambda _: json.dumps({"furthest": company.last_number}))
    except OSError as error:
        log.warning("The highest number could not be written beside the keys.", why=error.strerror)


def _nobody() -> str:
    return json.dumps({"furthest": 0})


def _name(company: Company) -> str:
    return f"numbers-{vault.derived(company, 'numbers').hex()[:16]}"

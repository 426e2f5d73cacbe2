"""Makes rows for tests, one function a thing: only what is named differs from the plainest row that works."""

from __future__ import annotations

import itertools
import secrets
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.domain.capabilities import Capabilities
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.models import Credential, Group, Membership, User

SAMPLE_CODE = "^4p;tU0Q+#dEIhTWkuj5FnLD^aKWqVu0"
counter = itertools.count(1)


def company(*, code: str = SAMPLE_CODE, slug: str = "", **fields: Any) -> Company:
    slug = slug or f"company-{next(counter)}"
    return Company.objects.create(
        slug=slug,
        name=fields.pop("name", slug.title()),
        code_hash=vault.code_hash(code),
        sealed_key=vault.new_company_key(),
        **fields,
    )


def other_company(**fields: Any) -> Company:
    """The one that must see nothing and be seen by nobody."""
    return company(code=secrets.token_hex(16), slug=fields.pop("slug", f"other-{next(counter)}"), **fields)


@cache
def hashed(password: str) -> str:
    """Made once for each password: it is slow on purpose."""
    return make_password(password)


def administrator(of: Company, *, username: str = "username", password: str = "passwrod", **fields: Any) -> Administrator:
    with scopes_disabled():
        return Administrator.objects.create(company=of, username=username, password=hashed(password), **fields)


def location(of: Company, name: str = "Main", time_zone: str = "Europe/Amsterdam") -> Location:
    with scopes_disabled():
        return Location.objects.create(company=of, name=name, time_zone=time_zone)


def agent(of: Company, name: str = "Agent", **fields: Any) -> Agent:
    with scopes_disabled():
        return Agent.objects.create(company=of, name=name, public_id=secrets.token_urlsafe(16), **fields)


def terminal(at: Location, by: Agent, name: str = "Gate", *, can: Capabilities | None = None, **fields: Any) -> Terminal:
    known = {"pinned_at": timezone.now()}  # a make without serial numbers; a new terminal has None here
    fields = {
        **known,
        "make": "virtual",
        "address": f"127.0.0.1:{next(counter)}",
        "limits": (can or Capabilities()).as_dict(),
        **fields,
    }
    with scopes_disabled():
        return Terminal.objects.create(
            company=at.company, location=at, agent=by, name=name, public_id=secrets.token_urlsafe(16), **fields
        )


def group(of: Company, name: str = "Members") -> Group:
    with scopes_disabled():
        return Group.objects.create(company=of, name=name)


def user(
    of: Company, last_name: str = "Alice", *groups: Group, number: int = 0, card: str = "", pin: str = "", **fields: Any
) -> User:
    with scopes_disabled():
        made = User.objects.create(company=of, number=number or next(counter), last_name=last_name, **fields)
        for each in groups:
            Membership.objects.create(company=of, user=made, group=each)
    for kind, value in (("card", card), ("pin", pin)):
        if value:
            credential(made, kind, value)
    return made


def credential(user: User, kind: str, value: str) -> Credential:
    with scopes_disabled():
        return Credential.objects.create(
            company=user.company,
            user=user,
            kind=kind,
            sealed=vault.seal(user.company, "credential", value, f"{user.pk}:{kind}"),
            lookup=vault.keyed_hash(user.company, "credential", f"{kind}:{value}"),
            is_unique=KINDS[kind].unique,
            is_single=KINDS[kind].most == 1,
        )


def zone(of: Company, name: str, *terminals: Terminal) -> Zone:
    with scopes_disabled():
        made = Zone.objects.create(company=of, name=name)
        made.terminals.set(terminals)
    return made


def schedule(of: Company, name: str = "Always", slots: list[list[str]] | None = None) -> TimeSchedule:
    with scopes_disabled():
        return TimeSchedule.objects.create(
            company=of, name=name, number=next(counter), slots=slots or [[str(day), "00:00", "24:00"] for day in range(1, 8)]
        )


def right(group: Group, zone: Zone, schedule: TimeSchedule) -> AccessRight:
    with scopes_disabled():
        return AccessRight.objects.create(company=group.company, group=group, zone=zone, schedule=schedule)


def again(row: Administrator) -> Administrator:
    """The same administrator, as another request reads it."""
    with scopes_disabled():
        return Administrator.objects.select_related("company").get(pk=row.pk)

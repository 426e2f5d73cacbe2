"""The first company of a hub: made at once with its first location and its owner."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field

from django.db import transaction

from doorsync.hub.administrators.actions import create_administrator
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import setup_codes
from doorsync.hub.companies.actions import CODE_LENGTH, create_company, create_location

CODE_LETTERS = string.ascii_letters + string.digits + "^;+#$%*-_=@!"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCompany:
    """What is said of it on the set-up page."""

    name: str
    slug: str
    location: str
    time_zone: str
    username: str
    password: str = field(repr=False)


def set_up(first: FirstCompany, setup_code: str) -> tuple[Administrator, str]:
    """The owner, and the company's security code, which is told this once.

    Raises WrongSetupCode, AlreadySetUp, and what creating company, location and administrator raises; then nothing was made.
    """
    setup_codes.check_setup_code(setup_code)
    code = new_security_code()
    with transaction.atomic():
        setup_codes.spend_setup_code()
        company = create_company(slug=first.slug, name=first.name, code=code, via="set-up")
        actor = Actor(company_id=company.pk, via="set-up")
        create_location(company=company, name=first.location, time_zone=first.time_zone, actor=actor)
        owner = create_administrator(company=company, username=first.username, password=first.password, actor=actor)
    return owner, code


def new_security_code() -> str:
    """32 characters by chance, with punctuation as programs know it."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))

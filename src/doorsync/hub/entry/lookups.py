"""Looks up companies, administrators, locations and agents by the names that people type in commands."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django_scopes import scope

from doorsync.hub.administrators import normalization
from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.command_actor import command_actor
from doorsync.hub.companies.errors import CompanyError, UnknownCompany
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.imports.summary import plural
from doorsync.hub.terminals.errors import TerminalsError
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.errors import UserError
from doorsync.hub.users.models import User

RISK = "a risk, because whoever finds one can sign in with it"
SQL_BITS = 64  # of whole numbers in the database


class UnknownUsername(AdministratorError):
    """The company has no administrator with this username."""


class UnknownLevel(AdministratorError):
    """There is no such level. There are: owner, manager, front-desk, observer."""


class UnknownUser(UserError):
    """The company has nobody with this number."""


class UnknownLocation(CompanyError):
    """The company has no location of this name."""


class UnknownAgent(TerminalsError):
    """The company has no agent of this name."""


def company_of(slug: str) -> tuple[Company, Actor]:
    """The company with this short name. Raises UnknownCompany, which names those that there are."""
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        names = ", ".join(Company.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise UnknownCompany(f"There is no company '{slug}'. There are: {names or 'none yet'}.")
    return company, command_actor(company)


def administrator_of(slug: str, username: str) -> tuple[Administrator, Actor]:
    """The company's administrator of this name. Raises UnknownUsername."""
    company, actor = company_of(slug)
    with scope(company=company):
        found = Administrator.objects.select_related("company").filter(username=normalization.normalize_name(username)).first()
    if found is None:
        raise UnknownUsername
    return found, actor


def user_of(number: int) -> User:
    """The user with this number, of the company in scope. Raises UnknownUser."""
    found = User.objects.select_related("company").filter(number=number).first() if number.bit_length() < SQL_BITS else None
    if found is None:
        raise UnknownUser
    return found


def level_named(name: str) -> Level:
    """The level of this name. Raises UnknownLevel."""
    if name not in Level:
        raise UnknownLevel
    return Level(name)


def locations_named(company: Company, names: list[str]) -> list[Location]:
    """The company's locations of these names. Raises UnknownLocation, which names those that there are."""
    with scope(company=company):
        known = {location.name: location for location in Location.objects.all()}
    for name in names:
        if name not in known:
            raise UnknownLocation(f"There is no location '{name}'. There are: {', '.join(known) or 'none yet'}.")
    return [known[name] for name in names]


def agent_of(slug: str, name: str) -> tuple[Agent, Actor]:
    """The company's agent of this name. Raises UnknownAgent, which names those that there are."""
    company, actor = company_of(slug)
    with scope(company=company):
        found = Agent.objects.select_related("company").filter(name=name).first()
        names = ", ".join(Agent.objects.order_by("name").values_list("name", flat=True)[:20])
    if found is None:
        raise UnknownAgent(f"There is no agent '{name}'. There are: {names or 'none yet'}.")
    return found, actor


def company_lines() -> Iterator[str]:
    """A line for each company."""
    companies: QuerySet[Company] = Company.objects.order_by("slug")
    for company in companies:
        with scope(company=company):
            counts = {"location": Location.objects.count(), "terminal": Terminal.objects.count(), "user": User.objects.count()}
        numbers = ", ".join(f"{number} {plural(thing, number)}" for thing, number in counts.items())
        yield f"{company.slug}  {company.name}: {numbers}{'' if company.active else ' (not active)'}"
        if company.compatible_tokens:
            yield f"  its sign-in links work for 12 hours and again and again: {RISK}"
    if not companies:
        yield "There is no company yet. Set one up with: doorsync company load FILE"

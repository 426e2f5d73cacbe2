"""What each level may do, who is limited to what, and that a company keeps an owner."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.errors import LastOwner, LimitedOwner
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import NOWHERE, CredentialView, Permission, Role, credential_view, location_limit, may
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from tests.factories import world

TABLE = {
    Level.OWNER: set(Permission),
    Level.MANAGER: set(Permission) - {Permission.SETTINGS},
    Level.FRONT_DESK: {Permission.VIEW, Permission.OPEN, Permission.SYNC, Permission.PEOPLE},
    Level.OBSERVER: {Permission.VIEW, Permission.AUDIT},
}
LIMITED = {Permission.VIEW, Permission.OPEN, Permission.SYNC, Permission.PEOPLE, Permission.DOORS}


@pytest.fixture
def company(db: None) -> Company:
    return world.company()


@pytest.mark.requirement("W-04", mutation="the limit of an administrator not asked for in may()")
@pytest.mark.parametrize("level", Level)
def test_level_and_limit_decide(company: Company, level: Level) -> None:
    boss = world.administrator(company, level=level)
    assert {permission for permission in Permission if may(boss, permission)} == TABLE[level]
    boss.limited = True
    assert {permission for permission in Permission if may(boss, permission)} == TABLE[level] & LIMITED


def test_damaged_level_may_do_nothing(company: Company) -> None:
    boss = world.administrator(company, level="emperor")
    assert not any(may(boss, permission) for permission in Permission)


@pytest.mark.parametrize(
    ("level", "allowed", "seen"),
    [
        (Level.OWNER, True, CredentialView.SHOWN),
        (Level.OWNER, False, CredentialView.MASKED),
        (Level.MANAGER, True, CredentialView.SHOWN),
        (Level.FRONT_DESK, True, CredentialView.MASKED),
        (Level.OBSERVER, True, CredentialView.HIDDEN),
    ],
)
def test_cards_are_hidden_masked_or_shown(company: Company, level: Level, allowed: bool, seen: CredentialView) -> None:
    assert credential_view(world.administrator(company, level=level, sees_credentials=allowed)) == seen


def test_whoever_is_limited_to_what_is_gone_sees_nothing(company: Company) -> None:
    attic, actor = world.location(company, "Attic"), Actor(company_id=company.pk)
    world.administrator(company)
    guard = world.administrator(company, username="guard")
    with scope(company=company):
        actions.change_role(administrator=guard, role=Role(Level.FRONT_DESK, [attic]), actor=actor)
        assert location_limit(world.again(guard)) == frozenset({attic.pk})
        attic.delete()
        assert location_limit(world.again(guard)) == NOWHERE
    with pytest.raises(LimitedOwner):
        Role(Level.OWNER, [attic])


def test_the_last_owner_stays(company: Company) -> None:
    actor = Actor(company_id=company.pk)
    boss = world.administrator(company)
    other = world.administrator(company, username="other", active=False)
    with pytest.raises(LastOwner):
        actions.change_role(administrator=boss, role=Role(Level.MANAGER), actor=actor)
    with pytest.raises(LastOwner):
        actions.set_active(administrator=boss, active=False, actor=actor)
    actions.set_active(administrator=other, active=True, actor=actor)
    actions.set_active(administrator=boss, active=False, actor=actor)
    assert not world.again(boss).active


def test_another_level_ends_what_the_old_one_opened(company: Company) -> None:
    actor = Actor(company_id=company.pk)
    world.administrator(company)
    guard = world.administrator(company, username="guard")
    before = guard.version
    actions.change_role(administrator=guard, role=Role(Level.OBSERVER), actor=actor)
    assert world.again(guard).version == before + 1
    actions.change_role(administrator=world.again(guard), role=Role(Level.OBSERVER), actor=actor)
    assert world.again(guard).version == before + 1

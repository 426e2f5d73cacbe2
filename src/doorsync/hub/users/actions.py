"""What is done to users and groups. A removed user's row goes; what terminals hold of him is known elsewhere and outlives it."""

from __future__ import annotations

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.changing import changing
from doorsync.hub.companies.models import Company
from doorsync.hub.users.details import Details
from doorsync.hub.users.errors import GroupNameTaken
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.writing import Write, write_users


def create_group(*, company: Company, name: str, actor: Actor) -> Group:
    """A new group. Raises GroupNameTaken."""
    with changing(company, actor):
        if Group.objects.filter(name=name).exists():
            raise GroupNameTaken
        group = Group.objects.create(company=company, name=name)
        trail.record("group.created", actor=actor, group=group.pk)
    return group


def remove_group(*, group: Group, actor: Actor) -> None:
    """Remove a group with its access rights. Its members stay, with less access."""
    with changing(group.company, actor) as change:
        change.affects_everybody()  # its rights go too, and with them the need for some time schedules
        trail.record("group.removed", actor=actor, group=group.pk)
        group.delete()


def create_user(*, company: Company, details: Details, actor: Actor) -> User:
    """A new user, with a number that nobody had before. Raises BadDetails, CardTaken or ExternalIdTaken."""
    return write_users(company=company, writes=[Write(details)], actor=actor).users[0]


def change_user(*, user: User, details: Details, actor: Actor) -> bool:
    """Make the user what the details say; says whether anything differed. Raises as `create_user` does."""
    return bool(write_users(company=user.company, writes=[Write(details, user)], actor=actor).changed)


def remove_user(*, user: User, actor: Actor) -> None:
    """Remove a user; the terminals are told by the next run."""
    write_users(company=user.company, gone=[user], actor=actor)

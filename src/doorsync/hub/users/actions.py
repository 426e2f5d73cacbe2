"""What is done to users and groups. A removed user's row goes; what terminals hold of them is known elsewhere and outlives it."""

from __future__ import annotations

from typing import Unpack

from django.utils.translation import gettext as _

from doorsync.domain.text import normalized_text
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.renaming import rename
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.errors import BadFields, GroupIdTaken, GroupNameTaken
from doorsync.hub.users.fields import Fields, text_fault
from doorsync.hub.users.models import NAME_LENGTH, Group, User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users


def create_group(*, company: Company, name: str, external_id: str = "", actor: Actor) -> Group:
    """A new group. Raises BadFields, GroupNameTaken or GroupIdTaken."""
    name, external_id = normalized_text(name), normalized_text(external_id)
    if fault := group_name_fault(name):
        raise BadFields({"name": fault})
    if fault := text_fault("id", external_id, NAME_LENGTH):
        raise BadFields({"external_id": fault})
    with company_transaction(company, actor):
        if Group.objects.filter(name=name).exists():
            raise GroupNameTaken
        if external_id and Group.objects.filter(external_id=external_id).exists():
            raise GroupIdTaken
        group = Group.objects.create(company=company, name=name, external_id=external_id)
        trail.record("group.created", actor=actor, group=group.pk)
    return group


def rename_group(*, group: Group, name: str, actor: Actor) -> bool:
    """Another name; says whether it differs. Raises BadFields or GroupNameTaken."""
    name = normalized_text(name)
    if name != group.name and (fault := group_name_fault(name)):
        raise BadFields({"name": fault})
    return rename(group, name=name, kind="group", taken=GroupNameTaken, actor=actor)


def group_name_fault(name: str) -> str:
    """What is wrong with a normalised name for a group; empty: nothing."""
    if not name:
        return _("A group needs a name.")
    if ";" in name:
        return _("The name of a group has no semicolon in it: programs write one between several groups.")
    return text_fault("name", name, NAME_LENGTH)


def create_user(*, company: Company, actor: Actor, **fields: Unpack[Fields]) -> User:
    """A new user, with a number that nobody had before. Raises BadFields, CredentialTaken or ExternalIdTaken."""
    return write_users(company=company, writes=[Write(fields)], actor=actor).outcomes[0].user


def change_user(*, user: User, actor: Actor, **fields: Unpack[Fields]) -> bool:
    """Change what is named and leave the rest as it is; says whether anything differed. Raises as `create_user` does."""
    return bool(write_users(company=user.company, writes=[Write(fields, user)], actor=actor).changed)


def remove_user(*, user: User, actor: Actor) -> None:
    """Remove a user. Connected terminals are told at once, the others when they are back."""
    write_users(company=user.company, gone=[user], actor=actor)

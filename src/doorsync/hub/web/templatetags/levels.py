"""What the level of the administrator lets a page offer."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.urls import reverse

from doorsync.hub.administrators import rules
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.users.models import Group

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str) -> bool:
    """`{% may "access" as editing %}`: whether who looks at the page has this permission. The style guide shows everything."""
    signed_in = getattr(context.get("request"), "signed_in", None)
    return signed_in is None or rules.may(signed_in.administrator, Permission(permission))


@register.simple_tag
def people_in(group: Group) -> str:
    """The address of the list of the people in a group."""
    return f"{reverse('people:list')}?group={group.pk}"

"""The 14 info fields of a company's users: how each is called there, and which of the user's own fields it stands for.

An info field that stands for one of these has no value of its own: writing it writes that field, and reading it reads that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.utils.translation import gettext as _

from doorsync.domain.text import normalized_text
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.errors import BadFields, InfoFieldInUse
from doorsync.hub.users.fields import INFO, Fields, text_fault
from doorsync.hub.users.models import NAME_LENGTH, InfoField, User


def info_field_functions() -> dict[str, str]:
    """Which field of the user an info field stands for, of the company in scope: `{"info3": "external_id"}`."""
    rows = InfoField.objects.exclude(function="").values_list("number", "function")
    return {f"info{number}": function for number, function in rows}


def resolve_info_fields(fields: Fields, stands_for: Mapping[str, str]) -> tuple[Fields, dict[str, str]]:
    """The fields with those that info fields stand for in their place, and what contradicts itself."""
    kept: dict[str, Any] = {**fields}
    faults: dict[str, str] = {}
    for info in stands_for.keys() & kept.keys():
        value, name = kept.pop(info), stands_for[info]
        if normalized_text(kept.setdefault(name, value)) != normalized_text(value):
            faults[info] = _("This info field stands for '%(name)s', and both are named with different values.") % {"name": name}
    return cast("Fields", kept), faults


def info_of(user: Any, stands_for: Mapping[str, str]) -> dict[str, str]:
    """What the info fields say of a user, who has the fields of `User`."""
    return {name: getattr(user, stands_for.get(name, name)) for name in INFO}


def change_info_field(*, company: Company, number: int, label: str, function: str = "", actor: Actor) -> InfoField:
    """Call an info field so, and let it stand for a field of the user or for none. Raises BadFields or InfoFieldInUse."""
    label = normalized_text(label)
    faults = {
        "number": "" if f"info{number}" in INFO else _("Info fields have the numbers 1 to %(most)s.") % {"most": len(INFO)},
        "label": text_fault("label", label, NAME_LENGTH),
        "function": "" if function in ("", *InfoField.Function.values) else _("There is no such function."),
    }
    if wrong := {name: text for name, text in faults.items() if text}:
        raise BadFields(wrong)
    with company_transaction(company, actor):
        if function and _in_use(number, function):
            raise InfoFieldInUse
        field = InfoField.objects.update_or_create(
            company=company, number=number, defaults={"label": label, "function": function}
        )[0]
        trail.record("info-field.changed", actor=actor, number=number, function=function)
    return field


def _in_use(number: int, function: str) -> bool:
    """Whether values would be hidden, or another field stands for the same already."""
    taken = InfoField.objects.filter(function=function).exclude(number=number).exists()
    return taken or User.objects.exclude(**{f"info{number}": ""}).exists()

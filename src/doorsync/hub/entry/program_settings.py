"""What programs that use the SOAP service find of a company, as `doorsync company programs` shows and changes it."""

from __future__ import annotations

from collections.abc import Iterator

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import Settings, change_company
from doorsync.hub.companies.errors import CompanyError
from doorsync.hub.companies.models import Company
from doorsync.hub.users.info_fields import change_info_field
from doorsync.hub.users.models import InfoField

ALT_ID = InfoField.Function.EXTERNAL_ID


class StoreTaken(CompanyError):
    """Another company has this number among those that use that code."""


class HeadAndStore(CompanyError):
    """--head and --store go together, and a company is not its own head."""


def change_program_settings(
    *,
    company: Company,
    branches: bool | None = None,
    question_marks: bool | None = None,
    alt_id: int | None = None,
    head: Company | None = None,
    store: int | None = None,
    actor: Actor,
) -> None:
    """Change what is named. Raises StoreTaken, HeadAndStore, BadFields or InfoFieldInUse."""
    changed: Settings = {}
    if branches is not None:
        changed["branches"] = branches
    if question_marks is not None:
        changed["question_marks"] = question_marks
    if head or store is not None:
        changed |= _store(company, head, store)
    if alt_id is not None:
        with scope(company=company):
            label = InfoField.objects.filter(number=alt_id).values_list("label", flat=True).first()
            change_info_field(company=company, number=alt_id, label=label or "wsAltUserId", function=ALT_ID, actor=actor)
    change_company(company=company, actor=actor, **changed)


def program_settings(company: Company) -> Iterator[str]:
    """A line for each of them."""
    with scope(company=company):
        field = InfoField.objects.filter(function=ALT_ID).first()
    yield f"Kind: {'Branches' if company.branches else 'EasySecure'}"
    yield f"Programs' own ids (wsAltUserId): {f'info{field.number}' if field else 'no info field'}"
    yield f"Characters above 255: {'become ?' if company.question_marks else 'are kept'}"
    if company.head:
        yield f"Store {company.store} of {company.head.slug}"


def _store(company: Company, head: Company | None, store: int | None) -> Settings:
    if head is None or store is None or head.pk == company.pk:
        raise HeadAndStore
    if Company.objects.filter(head=head, store=store).exclude(pk=company.pk).exists():
        raise StoreTaken
    return {"head": head, "store": store}

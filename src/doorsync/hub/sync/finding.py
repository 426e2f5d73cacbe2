"""Finding one person by name, number, the company's own id, or card. A card is compared by its keyed hash, and never shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.details import CARD_DIGITS, plain_card
from doorsync.hub.users.models import Credential, User
from doorsync.hub.users.queries import lookup

MOST = 20
MOST_DIGITS = 2 * CARD_DIGITS  # with zeros before them


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person who fits the words: a user, or somebody who is only left in terminals."""

    user_id: int | None
    key: str
    name: str
    groups: str
    external_id: str = ""


def find(text: str) -> list[Found]:
    """At most 20 people whose name, number or id fits every word; those whom only terminals still hold come last."""
    words = text.split()[:5]
    if not words:
        return []
    users = User.objects.prefetch_related("groups")
    rest = Holding.objects.filter(~Q(user_id__in=User.objects.values("pk")) | Q(user_id=None), kind=Kind.USER)
    for word in words:
        users = users.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(number__startswith=word)
            | Q(external_id__istartswith=word)
        )
        rest = rest.filter(Q(label__icontains=word) | Q(key__startswith=word))
    known = [_known(user) for user in users[:MOST]]
    left = rest.values_list("key", "label").distinct().order_by("label", Length("key"), "key")[: MOST - len(known)]
    return known + [Found(user_id=None, key=key, name=label, groups="") for key, label in left]


def find_by_card(company: Company, text: str) -> Found | None:
    """Whose card this is: digits, whatever spaces or zeros stand before or among them."""
    if not may_be_card(text):
        return None
    mark = lookup(company, Credential.CARD, plain_card("".join(text.split())))
    owners = User.objects.filter(credentials__kind=Credential.CARD, credentials__lookup=mark)
    owner = owners.prefetch_related("groups").first()
    return _known(owner) if owner else None


def may_be_card(text: str) -> bool:
    """Whether what was typed is digits alone."""
    bare = "".join(text.split())
    return bare.isascii() and bare.isdigit() and len(bare) <= MOST_DIGITS


def _known(user: User) -> Found:
    groups = ", ".join(group.name for group in user.groups.all())
    return Found(user_id=user.pk, key=str(user.number), name=user.full_name, groups=groups, external_id=user.external_id)

"""Finding one person by name, number, the company's own id, or card. A card is compared by its keyed hash, and never shown."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from doorsync.domain.record import Kind
from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.pending_holdings import PENDING
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.any_case import any_case, in_small_letters
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.cards import BadCard, decimal_number, plain_card
from doorsync.hub.users.credential_kinds import CARD
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credential_lookup

MOST = 20
LOOKS_LIKE_CARD = re.compile(r"(?:0[xX])?[0-9a-fA-F:,/\s-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeople:
    """A person who fits the words: a user, or somebody who is only left in terminals."""

    user_id: int | None
    key: str
    name: str
    groups: str
    external_id: str = ""


def find_people(text: str, administrator: Administrator) -> list[FoundPeople]:
    """At most 20 people whom they see, whose name, number or id fits every word; those whom only terminals hold come last."""
    words = normalized_text(text).split()[:5]
    if not words:
        return []
    users = visible_users(administrator)
    doors = visible_terminals(administrator).values("pk")
    nobodys = ~Q(user_id__in=User.objects.values("pk")) | Q(user_id=None)
    unwanted = Q(PENDING, state__in=(HoldingState.REMOVE, HoldingState.REFUSED))  # whose user is gone is wanted nowhere
    rest = Holding.objects.filter(nobodys, unwanted, kind=Kind.USER, terminal_id__in=doors)
    strangers = Stranger.objects.filter(kind=Kind.USER, terminal__in=doors)
    for word in words:
        users = users.filter(fits_user(word))
        rest = rest.filter(any_case("label__icontains", word) | Q(key__startswith=word))
        strangers = strangers.filter(any_case("name__icontains", word) | Q(key__startswith=word))
    pks = list(users.values_list("pk", flat=True)[:MOST])  # an index answers this alone; whole rows are read after
    whole = User.objects.prefetch_related("groups").in_bulk(pks)
    known = [_known(whole[pk]) for pk in pks if pk in whole]
    most = MOST - len(known)
    left = rest.values_list("key", "label").distinct().order_by("label", Length("key"), "key")[:most]
    others = strangers.values_list("key", "name").distinct().order_by("name", Length("key"), "key")[:most]
    strange = list({**dict.fromkeys(left), **dict.fromkeys(others)})[:most]
    return known + [FoundPeople(user_id=None, key=key, name=name, groups="") for key, name in strange]


def fits_user(word: str) -> Q:
    """Whether a word is part of a user's name, or begins their number or the company's own id."""
    fits = in_small_letters("searched_name__contains", word) | any_case("external_id__istartswith", word)
    return fits | Q(number__startswith=word) if word.isascii() and word.isdigit() else fits


def find_by_card(company: Company, text: str, administrator: Administrator) -> FoundPeople | None:
    """Whose card this is, in any notation that a file may have: decimal, with a facility code, or hexadecimal."""
    marks = card_marks(company, text)
    owners = visible_users(administrator).filter(credentials__kind=CARD.name, credentials__lookup__in=marks).order_by("pk")
    owner = owners.prefetch_related("groups").first() if marks else None
    return _known(owner) if owner else None


def card_marks(company: Company, text: str) -> list[bytes]:
    """What finds the cards that this text may stand for."""
    return [credential_lookup(company, CARD.name, card) for card in _cards(text)]


def may_be_card(text: str) -> bool:
    """Whether what was typed looks like the number of a card."""
    return bool(LOOKS_LIKE_CARD.fullmatch(text) and any(letter.isdigit() for letter in text))


def _cards(text: str) -> frozenset[str]:
    """The decimal numbers that it may stand for. Letters must say that it is hexadecimal."""
    if not may_be_card(text):
        return frozenset()
    bare = "".join(text.split())
    readings = [bare] if bare.isdigit() else []
    ways = [CardFormat.FACILITY] if not re.search("[a-fA-FxX]", bare) else [CardFormat.HEX, CardFormat.HEX_REVERSED]
    for way in ways:
        with suppress(BadCard):
            readings.append(decimal_number(bare, way))
    return frozenset(filter(None, map(plain_card, readings)))


def _known(user: User) -> FoundPeople:
    groups = ", ".join(group.name for group in user.groups.all())
    return FoundPeople(user_id=user.pk, key=str(user.number), name=user.full_name, groups=groups, external_id=user.external_id)

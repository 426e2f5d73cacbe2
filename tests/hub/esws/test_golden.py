"""Envelopes as the documentation writes them, and the whole answers to them, element for element and type for type."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.operations.sync_esi_scd import operation
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.users.models import Group, InfoField, Membership
from tests.factories import world
from tests.factories.soap import GOLDEN

NAMES = sorted(each.name.removesuffix(".request.xml") for each in GOLDEN.glob("*.request.xml"))
FRESH = re.compile("[0-9a-f]{128}|[0-9A-Za-z]{64}|(?<=>)[0-9A-Za-z]{32}(?=<)")  # tokens and codes are another each time
AT_ONCE = operation(0)  # waits for nothing


@pytest.fixture
def company(db: None) -> Company:
    """The company of the documentation's sample: one person, two groups, a location with a terminal, all with fixed ids."""
    made = world.company()
    world.administrator(made)
    anna = world.user(made, "Jansen", number=2179, first_name="Anna", external_id="123456789", info1="blue locker", pin="0042")
    world.credential(anna, "card", "036136500607727109")
    with scope(company=made):
        place = Location.objects.create(pk=3, company=made, name="Main")
        InfoField.objects.create(company=made, number=2, label="Member", function="external_id")
        for pk, name in ((1, "Members"), (2, "Staff")):
            group = Group.objects.create(pk=pk, company=made, name=name)
            Membership.objects.create(company=made, user=anna, group=group)
    world.terminal(place, world.agent(made, waited_at=timezone.now()), serial="543714888", lost_at=timezone.now())
    return made


def canonical(body: bytes) -> str:
    """What counts of a message: elements, attributes, namespaces and texts, but for line breaks between elements."""
    root = ElementTree.fromstring(FRESH.sub("FRESH", body.decode()))
    return ElementTree.canonicalize(ElementTree.tostring(root), strip_text=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_the_golden_one(company: Company, name: str) -> None:
    request = Request(body=(GOLDEN / f"{name}.request.xml").read_bytes(), content_type="text/xml; charset=utf-8")
    reply = answer(request, {**OPERATIONS, AT_ONCE.name: AT_ONCE})

    assert reply.status == 200
    assert canonical(reply.body) == canonical((GOLDEN / f"{name}.response.xml").read_bytes())

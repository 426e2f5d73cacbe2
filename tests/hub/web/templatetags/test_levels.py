"""What a page offers is what the level of its reader allows; the style guide, which nobody is signed in to, shows everything."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context

from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.templatetags.levels import may, people_in
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("level", "offered"), [(Level.OBSERVER, False), (Level.FRONT_DESK, True)])
def test_a_level_is_offered_what_it_may_do(level: Level, *, offered: bool) -> None:
    reader = world.administrator(world.company(), level=level)
    context = Context({"request": SimpleNamespace(signed_in=SimpleNamespace(administrator=reader))})
    assert may(context, "people") is offered
    assert may(context, "view")
    assert not may(context, "settings")


def test_without_anybody_signed_in_everything_is_shown_and_a_wrong_word_is_a_fault() -> None:
    for context in (Context({}), Context({"request": SimpleNamespace(signed_in=None)})):
        assert all(may(context, each.value) for each in Permission)
        # a typing error in a template must not hide something in silence
    reader = world.administrator(world.company())
    with pytest.raises(ValueError, match="peple"):
        may(Context({"request": SimpleNamespace(signed_in=SimpleNamespace(administrator=reader))}), "peple")


def test_the_people_of_a_group_are_one_link_away() -> None:
    group = world.group(world.company())
    assert people_in(group) == f"/people/?group={group.pk}"

"""What the rules say of a person, a door and a moment, holidays counted."""

from __future__ import annotations

from datetime import UTC, datetime

from doorsync.hub.access.models import Holiday, TimeSchedule
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.web.access.rule_verdicts import Verdict, rule_verdict
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.web.access.test_holiday_views import calendar, club, visitor

__all__ = ["club", "visitor"]


def test_what_the_rules_say_of_a_moment_counts_holidays(visitor: Visitor, club: Gym) -> None:
    made = calendar(visitor)
    TimeSchedule.objects.update(calendar=made)
    Holiday.objects.create(company=club.company, calendar=made, first="2027-03-01", last="2027-03-01")
    alice = club.add("Anna", club.members)
    graph = load_access_graph()
    verdicts = {
        day: rule_verdict(alice, [club.members.pk], club.terminals[0].pk, graph, datetime(2027, 3, day, 12, tzinfo=UTC))
        for day in (1, 2, 8)
    }
    assert verdicts == {1: Verdict.OUT_OF_HOURS, 2: Verdict.OPENS, 8: Verdict.OPENS}

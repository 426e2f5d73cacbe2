"""One damaged row harms its own person, terminal or company, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from structlog.testing import capture_logs

from doorsync.domain.refusals import RefusalCode
from doorsync.hub.companies import isolation
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.models import Holding, HoldingState, ValidityChange
from doorsync.hub.sync.plan.plan_people import plan_people
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run import scheduler as clock
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Credential, User
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import synced

REASON = "Their stored PIN cannot be read. Enter it again."


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    """Three people; Bob has a PIN and Alice a stay that ends within the hour. All are in the terminals."""
    isolation._logged.clear()
    made = gym(["Charlie"])
    made.add("Alice", made.members, expires=wall(made, hours=1))
    made.add("Bob", made.members, pin="4711")
    with scope(company=made.company):
        yield made


def wall(club: Gym, **later: float) -> str:
    return (timezone.now() + timedelta(**later)).astimezone(club.locations[0].zone).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return synced(club, everywhere(club))


def everywhere(club: Gym) -> Selection:
    return Selection(locations=frozenset(location.pk for location in club.locations))


def damage(what: str = "sealed") -> None:
    """One byte of Bob's PIN is another."""
    with scopes_disabled():
        for row in Credential.objects.filter(kind="pin"):
            turned = bytes(row.sealed[:-1]) + bytes([row.sealed[-1] ^ 1])
            Credential.objects.filter(pk=row.pk).update(sealed=turned)


def names(club: Gym, there: Counterpart) -> set[str]:
    return {str(fields["name"]) for fields in there.device(club.terminals[0]).people().values()}


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def later() -> datetime:
    return timezone.now() + timedelta(hours=12)


def test_expiry_takes_effect_beside_somebody_whose_pin_cannot_be_read(club: Gym, there: Counterpart) -> None:
    damage()
    ValidityChange.objects.create(company_id=club.company.pk, user_id=User.objects.get(last_name="Bob").pk, at=timezone.now())
    with at(later()):
        Agent.objects.update(waited_at=timezone.now())
        assert apply_due_changes() == 2
        there.work()
    assert names(club, there) == {"Charlie"}


def test_who_cannot_be_read_is_refused_with_the_reason_and_taken_out(club: Gym, there: Counterpart) -> None:
    damage()
    with at(timezone.now()):
        club.tell()
        terminal_plan = next(
            terminal_plan
            for terminal_plan in build_plan(club.company, everywhere(club)).terminal_plans
            if terminal_plan.terminal == club.terminals[0]
        )
        assert terminal_plan.removed == 1
        start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
        there.work()
    assert names(club, there) == {"Alice", "Charlie"}
    refused = plan_people(everywhere(club), club.terminals[0], HoldingState.REFUSED, 1)
    assert [(row.name, row.reason) for row in refused] == [("Bob", REASON)]


def test_entering_the_same_pin_again_mends_what_could_not_be_read(club: Gym, there: Counterpart) -> None:
    damage()
    club.tell()
    bob = User.objects.get(last_name="Bob")
    details = Fields(last_name="Bob", groups=frozenset({club.members.pk}), credentials={"pin": frozenset({"4711"})})
    write_users(company=club.company, writes=[Write(details, bob)], actor=club.actor)

    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()

    assert names(club, there) == {"Alice", "Bob", "Charlie"}
    assert not Holding.objects.exclude(state=HoldingState.SAME).exists()


def test_who_cannot_be_read_can_be_removed(club: Gym, there: Counterpart) -> None:
    damage()
    remove_user(user=User.objects.get(last_name="Bob"), actor=club.actor)
    there.work()
    assert names(club, there) == {"Alice", "Charlie"}


def test_damaged_company_key_holds_no_other_company_up_and_removes_nobody(club: Gym, there: Counterpart) -> None:
    other = gym(["Dora"], other=True)
    other.add("Eve", other.members, expires=wall(other, hours=1))
    Company.objects.filter(pk=club.company.pk).update(sealed_key=bytes(60))
    with at(later()), capture_logs() as logs:
        apply_due_changes()
        ValidityChange.objects.update(at=timezone.now())
        apply_due_changes()
    with scope(company=other.company):
        assert not Holding.objects.filter(label="Eve", wanted__isnull=False).exists()
    assert Holding.objects.filter(label="Alice", wanted__isnull=False).exists()  # put off, not forgotten
    assert [entry["event"] for entry in logs] == [clock.LATE]  # once, though it failed twice
    assert "sealed" not in str(logs)


@pytest.mark.parametrize("field", ["starts", "expires"])
def test_moment_that_cannot_be_read_harms_its_own_person_only(club: Gym, there: Counterpart, field: str) -> None:
    User.objects.filter(last_name="Bob").update(**{field: "2026-13-99"})
    club.tell()
    there.work()
    refused = Holding.objects.exclude(refusal="")
    assert {row.label for row in refused} == {"Bob"}
    assert {row.refusal for row in refused} == {RefusalCode.UNREADABLE_DATES()}
    assert describe_selection(refused[0].refusal) == "Their stored start or expiry cannot be read. Enter it again."


def test_clock_goes_on_whatever_fails_and_tells_when_it_last_went_round(club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice:
        turns = iter([False, False, True])

        def wait(self, seconds: float) -> bool:
            return next(self.turns)

    def fail(*_: object) -> int:
        raise CannotUnseal

    monkeypatch.setattr(clock, "apply_due_changes", fail)
    monkeypatch.setattr(clock, "retry_due", fail)
    monkeypatch.setitem(clock._turned, "at", -1e9)
    with capture_logs() as logs:
        clock.run_scheduler(Twice())  # type: ignore[arg-type]  # an event that lets two turns through
    assert len(logs) == 2
    assert clock.seconds_since_last_round() < 1e6


@pytest.mark.parametrize("with_rights", [True, False])
def test_deleted_user_who_was_refused_is_refused_nowhere_any_more(club: Gym, there: Counterpart, with_rights: bool) -> None:
    """Also when a change to everybody came with it: nobody is named then."""
    two = club.add("Two Pins", club.members, pin="1")
    refused = Holding.objects.filter(label="Two Pins")
    assert {row.state for row in refused.all()} == {HoldingState.REFUSED}
    with scopes_disabled():
        User.objects.filter(pk=two.pk).delete()
    if with_rights:
        club.always.slots = [["1", "08:00", "18:00"]]
        club.always.save()
    club.tell()
    start_run(company=club.company, choice=everywhere(club), confirmed=None, actor=club.actor)
    there.work()
    assert not refused.all().exists()

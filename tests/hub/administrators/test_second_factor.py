from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
import time_machine
from django.db import connection
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import actions, one_time_codes, second_factor, tokens
from doorsync.hub.administrators.errors import SecondFactorOff, SecondFactorOn, Throttled, WrongCode
from doorsync.hub.administrators.models import Administrator, RecoveryCode, SecondFactor, Session
from doorsync.hub.administrators.recovery_codes import count_recovery_codes
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CannotUnseal
from tests.factories import sinks, world
from tests.factories.patience import PATIENCE
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import Visitor, token_for

HERE = "192.0.2.1"
NOON = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def alice(db: None, clock: time_machine.Traveller) -> Administrator:
    return world.administrator(world.company())


def boss(of: Administrator) -> Actor:
    return Actor(company_id=of.company_id, via="command-line")


def accepts(of: Administrator, code: str, address: str = HERE) -> bool:
    try:
        second_factor.check_code(administrator=of, code=code, address=address)
    except WrongCode:
        return False
    return True


def told(of: Administrator) -> list[tuple[str, str]]:
    with scopes_disabled():
        entries = Entry.objects.filter(company_id=of.company_id).order_by("number")
        return [(entry.event, entry.subject.get("reason", "")) for entry in entries]


def test_turn_on_takes_a_right_code_only(alice: Administrator) -> None:
    app = App()
    with pytest.raises(WrongCode):
        second_factor.turn_on(administrator=alice, secret=app.secret, code=app.wrong_code(), actor=boss(alice))
    assert second_factor.find_factor(alice) is None
    codes = second_factor.turn_on(
        administrator=alice, secret=app.secret, code=f" {app.code(0)[:3]} {app.code(0)[3:]} ", actor=boss(alice)
    )
    assert len(set(codes)) == 10
    with pytest.raises(SecondFactorOn):
        with_app(alice)
    assert told(alice) == [("second-factor.on", "")]


def test_turn_on_ends_what_the_password_alone_had_opened(alice: Administrator) -> None:
    visitor = Visitor()
    visitor.sign_in_fully(alice.company.slug)
    token = token_for(alice)
    with_app(alice)
    assert visitor.get("/account/").status_code == 303
    with scopes_disabled():
        assert Session.objects.get().end_reason == "second-factor.on"
    assert tokens.find_token(tokens.token_digest(token)).revoked_at  # type: ignore[union-attr]  # it is there


@pytest.mark.requirement("T-01", mutation="SecondFactor.sealed without sealing; or RecoveryCode.digest without hashing")
@pytest.mark.django_db(transaction=True)
def test_neither_secret_nor_recovery_code_lies_in_the_database(clock: time_machine.Traveller) -> None:
    app, codes = with_app(world.administrator(world.company()))
    hidden = {"secret": app.secret} | {f"code {n}": code for n, code in enumerate(codes)}
    hidden |= {f"digits {n}": code.replace(" ", "") for n, code in enumerate(codes)}
    assert sinks.leaks(hidden, {"database": sinks.database()}) == []


@pytest.mark.requirement("S-06", mutation="last_step__lt left out of _spend_step")
def test_code_is_taken_once_and_older_ones_no_more(alice: Administrator, clock: time_machine.Traveller) -> None:
    app, _ = with_app(alice)
    assert not accepts(alice, app.code(0)), "it was used to turn it on"
    clock.shift(timedelta(seconds=60))
    before, now, later = app.code(-1), app.code(0), app.code(1)
    assert accepts(alice, now)
    assert not accepts(alice, now)
    assert not accepts(alice, before), "the one before it was never used, but is older"
    assert accepts(alice, later)
    assert not accepts(alice, app.code(2)), "the window is one step"
    assert told(alice)[1:] == [("second-factor.failed", reason) for reason in ("used", "used", "used", "wrong")]


@pytest.mark.requirement("T-04", mutation="last_step compared before the update, not in it")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_one_code_many_times_at_once_opens_one_session(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, start = world.administrator(world.company()), threading.Barrier(8)
    app, codes = with_app(alice)
    visitors = [Visitor() for _ in range(8)]
    for visitor in visitors:
        assert visitor.sign_in_fully(alice.company.slug)["Location"] == "/sign-in/code/"
    code = app.code() if kind == "app" else codes[0]
    matching_step = one_time_codes.matching_step

    def together(secret: str, code: str, now: datetime) -> int | None:
        """All have read the row of the factor before the first of them writes it."""
        if kind == "app":
            start.wait(PATIENCE)
        return matching_step(secret, code, now)

    monkeypatch.setattr(one_time_codes, "matching_step", together)

    def one(visitor: Visitor) -> int:
        try:
            start.wait(PATIENCE)
            return visitor.post("/sign-in/code/", {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, visitors))
    assert sorted(answers) == [303] + [422] * 7
    with scopes_disabled():
        assert Session.objects.filter(administrator=alice, ended_at=None).count() == 1


def test_recovery_code_stands_in_for_the_app_once(alice: Administrator) -> None:
    _, codes = with_app(alice)
    assert accepts(alice, codes[3])
    assert not accepts(alice, codes[3])
    assert accepts(alice, codes[4].replace(" ", "-"))
    assert accepts(alice, codes[5].replace(" ", ""))
    factor = second_factor.find_factor(alice)
    assert factor
    with scope(company=alice.company):
        assert count_recovery_codes(factor) == 7
    assert [event for event, _ in told(alice)].count("recovery-code.used") == 3


def test_new_recovery_codes_make_the_old_ones_worthless(alice: Administrator) -> None:
    _, old = with_app(alice)
    new = second_factor.renew_recovery_codes(administrator=alice, actor=boss(alice))
    assert not accepts(alice, old[0])
    assert accepts(alice, new[0])


def test_recovery_codes_of_somebody_else_are_wrong(alice: Administrator) -> None:
    _, codes = with_app(alice)
    bob = world.administrator(alice.company, username="bob")
    with_app(bob)
    assert not accepts(bob, codes[0])
    assert accepts(alice, codes[0])


@pytest.mark.requirement("S-06", mutation="no CODES budget in take_code_try")
def test_codes_are_throttled_wherever_they_come_from(alice: Administrator, clock: time_machine.Traveller) -> None:
    app, codes = with_app(alice)
    for n in range(10):
        address = str(IPv4Address("192.0.2.0") + n)
        actions.authenticate(company=alice.company, username=alice.username, password="passwrod", address=address)
        assert not accepts(alice, app.wrong_code(), address)
    for right in (app.code(), codes[0]):
        with pytest.raises(Throttled) as caught:
            accepts(alice, right, "198.51.100.7")
        assert 0 < caught.value.seconds <= 15 * 60
    clock.shift(timedelta(minutes=15, seconds=1))
    assert accepts(alice, app.code(), "198.51.100.7")


@pytest.mark.requirement("S-06", mutation="take_code_try without the budgets of passwords")
def test_wrong_codes_count_as_wrong_passwords(alice: Administrator) -> None:
    app, _ = with_app(alice)
    for _ in range(10):
        assert not accepts(alice, app.wrong_code())
    bob = world.administrator(alice.company, username="bob")
    app, _ = with_app(bob)
    for _ in range(10):
        assert not accepts(bob, app.wrong_code())
    with pytest.raises(Throttled):
        actions.authenticate(company=alice.company, username=alice.username, password="passwrod", address=HERE)


def test_right_codes_take_no_tries(alice: Administrator, clock: time_machine.Traveller) -> None:
    app, _ = with_app(alice)
    for _ in range(25):
        clock.shift(timedelta(seconds=30))
        assert accepts(alice, app.code(0))


def test_new_password_frees_whoever_was_throttled_by_a_thief_of_the_old_one(alice: Administrator) -> None:
    app, _ = with_app(alice)
    actions.authenticate(company=alice.company, username=alice.username, password="passwrod", address=HERE)
    for _ in range(10):
        assert not accepts(alice, app.wrong_code())
    with pytest.raises(Throttled):
        accepts(alice, app.code())
    actions.change_password(administrator=alice, password="another password", actor=boss(alice))
    assert accepts(alice, app.code())


def test_codes_work_again_once_a_clock_that_ran_ahead_is_put_right(alice: Administrator, clock: time_machine.Traveller) -> None:
    app, _ = with_app(alice)
    clock.shift(timedelta(days=10))
    assert accepts(alice, app.code(0))
    clock.move_to(NOON + timedelta(minutes=1))
    assert accepts(alice, app.code(0))
    assert not accepts(alice, app.code(0))


def test_damaged_secret_leaves_the_recovery_codes(alice: Administrator) -> None:
    app, codes = with_app(alice)
    with scopes_disabled():
        SecondFactor.objects.update(sealed=b"damaged")
    assert not accepts(alice, app.code())
    assert told(alice)[-1] == ("second-factor.failed", "damaged")
    assert accepts(alice, codes[0])


def test_reset_takes_it_away_and_ends_sessions(alice: Administrator) -> None:
    app, codes = with_app(alice)
    visitor = Visitor()
    visitor.sign_in_fully(alice.company.slug)
    visitor.post("/sign-in/code/", {"code": codes[0]})
    assert visitor.get("/account/").status_code == 200
    second_factor.reset_factor(administrator=alice, actor=boss(alice))
    assert visitor.get("/account/").status_code == 303
    with scopes_disabled():
        assert not RecoveryCode.objects.exists()
    with pytest.raises(SecondFactorOff):
        accepts(alice, app.code())
    for change in (second_factor.reset_factor, second_factor.turn_off, second_factor.renew_recovery_codes):
        with pytest.raises(SecondFactorOff):
            change(administrator=alice, actor=boss(alice))


def test_offer_opens_for_whom_it_was_made_only_until_something_changes(alice: Administrator) -> None:
    offer = second_factor.seal_offer(alice, "SECRET")
    assert second_factor.open_offer(alice, offer) == "SECRET"
    bob = world.administrator(alice.company, username="bob")
    for administrator, sealed in ((bob, offer), (alice, offer[:-2]), (alice, ""), (alice, "zz"), (alice, "00" * 300)):
        with pytest.raises(CannotUnseal):
            second_factor.open_offer(administrator, sealed)
    with_app(alice)
    with pytest.raises(CannotUnseal):
        second_factor.open_offer(alice, offer)

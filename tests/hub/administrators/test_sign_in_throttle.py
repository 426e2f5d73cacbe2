from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import actions, sign_in_throttle
from doorsync.hub.administrators.errors import NoSuchAdministrator, Throttled
from doorsync.hub.administrators.models import Administrator, Attempts, KnownSource
from doorsync.hub.companies.models import Company
from tests.factories import world
from tests.factories.patience import PATIENCE

OFFICE = "198.51.100.7"


def wrong(company: Company, address: str, username: str = "username") -> bool:
    """Try a wrong password; whether it was looked at."""
    try:
        actions.authenticate(company=company, username=username, password="wrong", address=address)
    except NoSuchAdministrator:
        return True
    except Throttled:
        return False
    raise AssertionError("a wrong password was accepted")


def right(company: Company, address: str) -> Administrator:
    return actions.authenticate(company=company, username="username", password="passwrod", address=address)


@pytest.fixture
def company(db: None) -> Company:
    made = world.company()
    world.administrator(made)
    return made


@pytest.mark.requirement("S-06", mutation="STRANGERS = 21")
def test_strangers_get_twenty_tries_together_and_then_no_password_is_looked_at(company: Company) -> None:
    looked_at = [wrong(company, str(IPv4Address("192.0.2.0") + n)) for n in range(30)]
    assert looked_at == [True] * 20 + [False] * 10
    with pytest.raises(Throttled) as caught:  # not even the right one
        right(company, OFFICE)
    assert 0 < caught.value.seconds <= 15 * 60


def test_strangers_may_try_again_after_fifteen_minutes(company: Company) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for n in range(20):
            assert wrong(company, str(IPv4Address("192.0.2.0") + n))
        clock.shift(timedelta(minutes=15) - timedelta(seconds=1))
        with pytest.raises(Throttled) as caught:
            right(company, OFFICE)
        assert caught.value.seconds == 1
        clock.shift(timedelta(seconds=1))
        assert right(company, OFFICE)


@pytest.mark.requirement("S-06", mutation="counting known sources among the strangers")
def test_wrong_passwords_from_everywhere_never_lock_out_a_known_caller(company: Company) -> None:
    assert right(company, OFFICE)
    looked_at = 0
    with scope(company=company):
        for n in range(2_000):  # through `take`: what comes before any hash; bench/sign_in_flood.py does 100,000
            if n == 1_000:
                assert right(company, OFFICE)
            try:
                sign_in_throttle.take_try(company, f"name-{n % 7}", str(IPv6Address("2001:db8::") + (n << 64)), known=False)
                looked_at += 1
            except Throttled:
                pass
    assert looked_at == 20
    assert Attempts.objects.count() < 100  # a flood fills no table
    assert right(company, OFFICE)


def test_a_known_caller_has_a_budget_of_its_own_for_each_name(company: Company) -> None:
    with scopes_disabled():
        world.administrator(company, username="other")
    right(company, OFFICE)
    assert [wrong(company, OFFICE) for _ in range(21)] == [True] * 20 + [False]
    assert actions.authenticate(company=company, username="other", password="passwrod", address=OFFICE)


def test_a_known_caller_is_known_to_its_own_company_only(company: Company) -> None:
    right(company, OFFICE)
    other = world.other_company()
    world.administrator(other)
    for n in range(20):
        wrong(other, str(IPv4Address("192.0.2.0") + n))
    with pytest.raises(Throttled):
        right(other, OFFICE)
    assert right(company, OFFICE)


def test_a_source_is_forgotten_after_thirty_days(company: Company) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        right(company, OFFICE)
        clock.shift(timedelta(days=30))
        for n in range(20):
            wrong(company, str(IPv4Address("192.0.2.0") + n))
        with pytest.raises(Throttled):
            right(company, OFFICE)


def test_one_stranger_gets_thirty_tries_in_all_companies(db: None) -> None:
    looked_at = 0
    for n in range(4):
        company = world.other_company()
        looked_at += sum(wrong(company, "192.0.2.9", f"name-{n}") for _ in range(10))
    assert looked_at == 30


def test_a_right_password_gives_its_try_back(company: Company) -> None:
    for _ in range(25):
        right(company, OFFICE)
    assert [wrong(company, OFFICE) for _ in range(20)] == [True] * 20


def test_an_unknown_company_is_counted_like_a_known_one(db: None) -> None:
    for n in range(20):
        with pytest.raises(NoSuchAdministrator):
            actions.refuse_unknown_company(slug="nobody", password="x", address=str(IPv4Address("192.0.2.0") + n))
    with pytest.raises(Throttled):
        actions.refuse_unknown_company(slug="nobody", password="x", address=OFFICE)


def test_buckets_and_sources_hold_no_name_and_no_address(company: Company) -> None:
    right(company, OFFICE)
    wrong(company, OFFICE)
    with scopes_disabled():
        kept = repr([*Attempts.objects.values(), *KnownSource.objects.values()])
    assert OFFICE not in kept
    assert "username" not in kept


@pytest.mark.requirement("S-06", mutation="counting only after the password was looked at")
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_do_not_slip_past_the_limit() -> None:
    company = world.company()
    start = threading.Barrier(40)

    def one(n: int) -> bool:
        start.wait(PATIENCE)
        try:
            with scope(company=company):
                sign_in_throttle.take_try(company, "username", str(IPv4Address("192.0.2.0") + n), known=False)
        except Throttled:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        assert sum(pool.map(one, range(40))) == 20


@pytest.mark.django_db
def test_one_source_looks_different_in_each_company() -> None:
    for company in (world.company(), world.other_company()):
        with scope(company=company):
            sign_in_throttle.remember_source(company, "192.0.2.7")
    with scopes_disabled():
        assert len({bytes(row.source) for row in KnownSource.objects.all()}) == 2

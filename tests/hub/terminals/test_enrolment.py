"""Enrolment codes: once, 10 minutes, 5 tries."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.terminals import enrolment
from doorsync.hub.terminals.errors import BadKeys, CodeBlocked, CodeExpired, CodeUsed, EnrolmentError, OtherKeys, UnknownCode
from doorsync.hub.terminals.models import Agent, EnrolmentCode
from doorsync.messages.keys import KeyPairs, PublicKeys
from tests.factories import world

KEYS = KeyPairs.generate().public.as_dict()


@pytest.fixture
def agent(db: None) -> Agent:
    return world.agent(world.company())


def issue(agent: Agent) -> str:
    return enrolment.issue_code(agent=agent, actor=Actor(company_id=agent.company_id))


def redeem(code: str) -> Agent:
    return enrolment.redeem_code(code=code, keys=KEYS, software="test 1", url="http://127.0.0.1:1")


def wrong(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def test_code_pins_the_keys(agent: Agent) -> None:
    code = issue(agent)

    enrolled = redeem(code.lower().replace("-", " "))

    assert enrolled.pk == agent.pk
    with scope(company=agent.company):
        assert Agent.objects.get(pk=agent.pk).keys == KEYS


def test_code_is_not_kept_in_clear(agent: Agent) -> None:
    letters = issue(agent).replace("-", "")

    with scope(company=agent.company):
        row = EnrolmentCode.objects.get()
    assert letters[5:] not in repr(vars(row))
    assert letters[5:].encode() not in bytes(row.digest)


@pytest.mark.requirement("A-07", mutation="leaving `used_at=None` out of the conditional update and of the check")
def test_code_works_once(agent: Agent) -> None:
    code = issue(agent)
    redeem(code)

    with pytest.raises(CodeUsed):
        redeem(code)


@pytest.mark.requirement("A-07", mutation="a LIFE of 11 minutes")
def test_code_lives_ten_minutes(agent: Agent) -> None:
    code = issue(agent)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)), pytest.raises(CodeExpired):
        redeem(code)


@pytest.mark.requirement("A-07", mutation="not counting the wrong tries down")
def test_code_is_blocked_after_five_wrong_tries(agent: Agent) -> None:
    code = issue(agent)
    for _ in range(5):
        with pytest.raises(UnknownCode):
            redeem(wrong(code))

    with pytest.raises(CodeBlocked):
        redeem(code)
    with scope(company=agent.company):
        assert Entry.objects.filter(event="enrolment.refused").count() == 6


def test_four_wrong_tries_leave_one(agent: Agent) -> None:
    code = issue(agent)
    for _ in range(4):
        with pytest.raises(UnknownCode):
            redeem(wrong(code))

    assert redeem(code).pk == agent.pk


def test_new_code_ends_the_old_one(agent: Agent) -> None:
    old, new = issue(agent), issue(agent)

    with pytest.raises(UnknownCode):
        redeem(old)
    redeem(new)


def test_a_bound_code_lets_in_only_the_keys_that_it_was_made_for(agent: Agent) -> None:
    code = enrolment.issue_code(agent=agent, actor=Actor(company_id=agent.company_id), bound=PublicKeys.load(KEYS).fingerprint())
    with pytest.raises(OtherKeys):
        enrolment.redeem_code(code=code, keys=KeyPairs.generate().public.as_dict(), software="", url="")

    assert redeem(code).pk == agent.pk


@pytest.mark.parametrize("code", ["", "AAAAA", "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ", "é" * 20])
def test_foreign_code_is_unknown(agent: Agent, code: str) -> None:
    with pytest.raises(UnknownCode):
        redeem(code)


def test_bad_keys_cost_no_try(agent: Agent) -> None:
    code = issue(agent)
    with pytest.raises(BadKeys):
        enrolment.redeem_code(code=code, keys={"sign": {}}, software="", url="")

    redeem(code)


def test_code_of_the_other_company_enrols_its_own_agent(agent: Agent) -> None:
    theirs = world.agent(world.other_company())

    assert redeem(issue(theirs)).pk == theirs.pk
    with scope(company=agent.company):
        assert Agent.objects.get(pk=agent.pk).keys is None


@pytest.mark.django_db(transaction=True)
def test_code_used_at_once_by_many_enrols_one() -> None:
    code = issue(world.agent(world.company()))
    results: list[str] = []

    def use() -> None:
        try:
            redeem(code)
            results.append("enrolled")
        except EnrolmentError as error:
            results.append(type(error).__name__)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(results) == ["CodeUsed"] * 7 + ["enrolled"]
    with scopes_disabled():
        assert Entry.objects.filter(event="agent.enrolled").count() == 1


def test_code_of_a_company_that_is_off_is_as_good_as_unknown(agent: Agent) -> None:
    code = issue(agent)
    Company.objects.update(active=False)
    with pytest.raises(UnknownCode):
        redeem(code)
    Company.objects.update(active=True)
    assert redeem(code).pk == agent.pk, "it was neither used nor counted"

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.administrators import actions, passkey_challenges, passkeys, relying_party, second_factor, tokens
from doorsync.hub.administrators.errors import (
    NoSuchPasskey,
    PasskeyTaken,
    SecondFactorOff,
    Throttled,
    TooManyPasskeys,
    WrongPasskey,
)
from doorsync.hub.administrators.models import Administrator, Passkey, Session, UsedChallenge
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from tests.factories import world
from tests.factories.passkeys import Device, with_passkey
from tests.factories.patience import PATIENCE
from tests.factories.second_factors import with_app
from tests.factories.visitor import Visitor, token_for
from tests.factories.world import SAMPLE_CODE

HERE = "192.0.2.1"
SIGN_IN = passkey_challenges.SIGN_IN
NO_USER_VERIFIED = AuthenticatorData.FLAG.UP
NO_USER_PRESENT = AuthenticatorData.FLAG.UV


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company())


def boss(of: Administrator) -> Actor:
    return Actor(company_id=of.company_id, via="command-line")


def cookie(purpose: str = SIGN_IN) -> tuple[bytes, dict[str, str]]:
    challenge, signed = passkey_challenges.new_challenge(purpose)
    return challenge, {"passkey": signed}


def signs_in(device: Device, only: Administrator | None = None, **changed: Any) -> Administrator | None:
    challenge, browser = cookie()
    for name, value in changed.items():
        setattr(device, name, value)
    try:
        return passkeys.use_passkey(browser=browser, purpose=SIGN_IN, answer=device.use(challenge), address=HERE, only=only)
    except WrongPasskey:
        return None


def told(of: Administrator) -> list[tuple[str, str]]:
    with scopes_disabled():
        entries = Entry.objects.filter(company_id=of.company_id).order_by("number")
        return [(entry.event, entry.subject.get("reason", "")) for entry in entries]


def test_passkey_signs_in_whoever_it_belongs_to(alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    device, kept = with_passkey(alice)
    other, _ = with_passkey(bob)
    assert kept.used_at is None
    assert signs_in(device) == alice
    assert signs_in(other) == bob
    assert signs_in(device) == alice
    with scope(company=alice.company):
        kept.refresh_from_db()
    assert kept.used_at
    assert told(alice).count(("passkey.used", "")) == 3


def test_new_passkey_ends_what_was_opened_before(alice: Administrator) -> None:
    visitor = Visitor()
    visitor.sign_in_fully(alice.company.slug)
    token = token_for(alice)
    with_passkey(alice)
    assert visitor.get("/account/").status_code == 303
    with scopes_disabled():
        assert Session.objects.get().end_reason == "passkey.added"
    assert tokens.find_token(tokens.token_digest(token)).revoked_at  # type: ignore[union-attr]  # it is there


@pytest.mark.requirement("S-06", mutation="verify_origin that takes everything; or no user_verification in _state")
@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "http://localhost:1"},
        {"rp_id": "evil.example.com"},
        {"flags": NO_USER_VERIFIED},
        {"flags": NO_USER_PRESENT},
        {"cross_origin": True},
        {"handle": b"somebody else"},
    ],
    ids=str,
)
def test_use_that_was_not_for_this_hub_is_refused(alice: Administrator, lie: dict[str, Any]) -> None:
    device, _ = with_passkey(alice)
    assert signs_in(device, **lie) is None
    assert told(alice)[-1] == ("passkey.failed", "wrong")


@pytest.mark.parametrize("lie", [{"origin": "https://evil.example.com"}, {"rp_id": "evil"}, {"flags": NO_USER_VERIFIED}], ids=str)
def test_passkey_that_was_not_made_for_this_hub_is_not_kept(alice: Administrator, lie: dict[str, Any]) -> None:
    with pytest.raises(WrongPasskey):
        with_passkey(alice, **lie)
    with pytest.raises(WrongPasskey):
        with_passkey(alice, credential_id=b"x" * 1024)
    with scopes_disabled():
        assert not Passkey.objects.exists()
    assert told(alice) == []


def test_signature_of_another_key_is_refused(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    forger = Device(credential_id=device.credential_id, handle=device.handle, uses=50)
    assert signs_in(forger) is None
    assert signs_in(device) == alice, "the forger's count does not count"


def test_passkey_of_somebody_else_proves_nothing(alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    device, _ = with_passkey(bob)
    assert signs_in(device, only=alice) is None
    mallory = world.administrator(world.company(slug="other", code=SAMPLE_CODE[::-1]))
    foreign, _ = with_passkey(mallory)
    assert signs_in(foreign, only=alice) is None
    assert signs_in(foreign) == mallory


def test_device_may_leave_out_whose_it_is_only_where_it_was_asked_for_by_name(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    assert signs_in(device, handle=b"") is None
    assert signs_in(device, handle=b"", only=alice) == alice
    assert signs_in(device, handle=b"somebody else", only=alice) is None


@pytest.mark.requirement("T-04", mutation="no _count_use; or uses__lt replaced by uses__lte")
@pytest.mark.parametrize("later", [0, -1, -5])
def test_count_that_does_not_rise_is_of_a_copy(alice: Administrator, later: int) -> None:
    device, _ = with_passkey(alice, uses=10)
    assert signs_in(device) == alice
    assert signs_in(device, uses=device.uses + later - 1) is None
    assert told(alice)[-1] == ("passkey.failed", "copied")
    assert signs_in(device, counts=False) is None, "it counted before"
    assert signs_in(device, counts=True, uses=20) == alice


def test_device_that_does_not_count_signs_in_again(alice: Administrator) -> None:
    device, _ = with_passkey(alice, counts=False)
    assert signs_in(device) == alice
    assert signs_in(device) == alice


@pytest.mark.parametrize("how", ["disabled", "may not sync", "company"])
def test_whoever_may_not_sign_in_is_refused_at_once(alice: Administrator, how: str) -> None:
    device, _ = with_passkey(alice)
    if how == "disabled":
        actions.change_rights(administrator=alice, active=False, actor=boss(alice))
    elif how == "may not sync":
        actions.change_rights(administrator=alice, may_sync=False, actor=boss(alice))
    else:
        alice.company.active = False
        alice.company.save(update_fields=["active"])
    assert signs_in(device) is None
    assert told(alice)[-1] == ("passkey.failed", "rights")


def test_challenge_works_once_in_its_browser_for_its_purpose(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    challenge, browser = cookie()

    def accepted(answer: str, browser: dict[str, str], purpose: str = SIGN_IN) -> bool:
        try:
            return bool(passkeys.use_passkey(browser=browser, purpose=purpose, answer=answer, address=HERE))
        except WrongPasskey:
            return False

    answer = device.use(challenge)
    assert not accepted(answer, {})
    assert not accepted(answer, cookie()[1]), "the challenge of another browser"
    assert not accepted(answer, browser, "proof.x")
    assert not accepted(answer, {"passkey": browser["passkey"] + "x"})
    assert accepted(answer, browser)
    assert not accepted(answer, browser)
    assert not accepted(device.use(challenge), browser), "signed anew, but for a challenge that was used"


@pytest.mark.requirement("T-04", mutation="UsedChallenge looked up before it is created, without its primary key")
@pytest.mark.django_db(transaction=True)
def test_one_challenge_many_times_at_once_opens_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, start = world.administrator(world.company()), threading.Barrier(8)
    device, _ = with_passkey(alice, counts=False)
    visitor = Visitor()
    challenge = visitor.post("/sign-in/passkey/challenge/")
    answer = device.use(passkey_challenges.open_challenge({"passkey": visitor.client.cookies["passkey"].value}, SIGN_IN))
    assert challenge.status_code == 200
    opened = passkey_challenges.open_challenge

    def together(browser: dict[str, str], purpose: str) -> bytes:
        """All have read the cookie before the first of them uses it up."""
        found = opened(browser, purpose)
        start.wait(PATIENCE)
        return found

    monkeypatch.setattr(passkey_challenges, "open_challenge", together)

    def one(_: int) -> int:
        same = Visitor()
        same.client.cookies["passkey"] = visitor.client.cookies["passkey"].value
        try:
            return same.post("/sign-in/passkey/", {"passkey": answer}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert sorted(answers) == [303] + [422] * 7
    with scopes_disabled():
        assert Session.objects.filter(administrator=alice, ended_at=None).count() == 1


@pytest.mark.requirement("S-06", mutation="no take_try in use_passkey")
def test_wrong_passkeys_are_throttled_as_wrong_passwords(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    for _ in range(20):
        assert signs_in(device, origin="https://evil.example.com") is None
    with pytest.raises(Throttled):
        signs_in(device, origin=relying_party.passkey_origin())
    with pytest.raises(Throttled):
        actions.authenticate(company=alice.company, username=alice.username, password="passwrod", address=HERE)


@pytest.mark.requirement("S-06", mutation="no take_for_nobody in use_passkey")
def test_unknown_passkeys_are_throttled(alice: Administrator) -> None:
    for _ in range(20):
        assert signs_in(Device(handle=b"x")) is None
    with pytest.raises(Throttled):
        signs_in(Device(handle=b"x"))
    device, _ = with_passkey(alice)
    assert signs_in(device) == alice, "those of the company are counted apart"


def test_right_use_makes_the_source_known_and_costs_no_try(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    for _ in range(25):
        assert signs_in(device) == alice


def test_passkey_is_kept_once(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    bob = world.administrator(alice.company, username="bob")
    with pytest.raises(PasskeyTaken):
        with_passkey(bob, credential_id=device.credential_id)
    for _ in range(passkeys.MOST - 1):
        with_passkey(alice)
    with pytest.raises(TooManyPasskeys):
        with_passkey(alice)


def test_removed_passkey_is_worthless_and_what_it_opened_ends(alice: Administrator) -> None:
    device, kept = with_passkey(alice)
    visitor = Visitor()
    visitor.sign_in_fully(alice.company.slug)
    passkeys.remove_passkey(administrator=alice, passkey=kept, actor=boss(alice))
    assert signs_in(device) is None
    assert visitor.get("/account/").status_code == 303
    with pytest.raises(NoSuchPasskey):
        passkeys.remove_passkey(administrator=alice, passkey=kept, actor=boss(alice))
    with pytest.raises(NoSuchPasskey):
        passkeys.rename_passkey(passkey=kept, name="x", actor=boss(alice))
    assert [event for event, _ in told(alice) if event.startswith("passkey")] == ["passkey.added", "passkey.removed"]


def test_reset_takes_app_and_passkeys(alice: Administrator) -> None:
    device, _ = with_passkey(alice)
    second_factor.reset_factor(administrator=alice, actor=boss(alice))
    assert signs_in(device) is None
    device, _ = with_passkey(alice)
    with_app(alice)
    second_factor.reset_factor(administrator=alice, actor=boss(alice))
    assert signs_in(device) is None
    assert second_factor.find_factor(alice) is None
    with pytest.raises(SecondFactorOff):
        second_factor.reset_factor(administrator=alice, actor=boss(alice))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
)
CHALLENGE = b"c" * 32


@cache
def right_answers() -> tuple[str, str, AttestedCredentialData]:
    device = Device(handle=b"x")
    made, used = device.make(CHALLENGE), device.use(CHALLENGE)
    kept = relying_party.check_creation(CHALLENGE, relying_party.read_creation(made)).credential_data
    assert kept
    return made, used, kept


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A right answer with one part replaced by other JSON, or with some of its bytes changed."""
    answer = json.loads(draw(st.sampled_from(right_answers()[:2])))
    part = draw(st.sampled_from(["id", "rawId", "type", "response", *answer["response"]]))
    place = answer if part in answer else answer["response"]
    if part in answer["response"] and draw(st.booleans()):
        raw = websafe_decode(place[part])
        start = draw(st.integers(0, len(raw)))
        place[part] = websafe_encode(raw[:start] + draw(st.binary(max_size=20)) + raw[start + draw(st.integers(0, 20)) :])
    else:
        place[part] = draw(JSON)
    return json.dumps(answer)


@given(st.text() | broken())
def test_whatever_a_browser_sends_is_a_known_fault(text: str) -> None:
    kept = right_answers()[2]
    with suppress(*relying_party.FAULTS):
        relying_party.check_creation(CHALLENGE, relying_party.read_creation(text))
    with suppress(*relying_party.FAULTS):
        relying_party.check_assertion(CHALLENGE, kept, relying_party.read_assertion(text))


def test_used_challenges_are_forgotten_when_they_are_too_old(alice: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    device, _ = with_passkey(alice)
    UsedChallenge.objects.create(digest=b"old", used_at=timezone.now() - passkey_challenges.KEPT - timedelta(seconds=1))
    UsedChallenge.objects.create(digest=b"new", used_at=timezone.now() - passkey_challenges.KEPT + timedelta(seconds=60))
    monkeypatch.setattr("secrets.randbelow", lambda _: 0)
    assert signs_in(device) == alice
    assert {bytes(each.digest) for each in UsedChallenge.objects.all()} >= {b"new"}
    assert not UsedChallenge.objects.filter(digest=b"old").exists()

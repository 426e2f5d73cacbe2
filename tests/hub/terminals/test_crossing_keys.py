"""The real hub and the real agent's desk change keys at once, and lose each other's answers: they must find together again."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope
from joserfc import jws

from doorsync.agent import key_rotation
from doorsync.agent.batch_service import BatchService
from doorsync.agent.config import Config
from doorsync.agent.drivers import Drivers
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.hub.companies.command_actor import command_actor
from doorsync.hub.courier import agent_checks, agent_hello
from doorsync.hub.courier.key_rotation import apply_rotation
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.enrolment import issue_code, redeem_code
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages.errors import MessageRefused, UnknownKey
from doorsync.messages.keys import KeyPairs
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made
    if hub_rotation.under_way():
        hub_rotation.finish_rotation(command_actor, leaving=True)


@pytest.fixture
def folder(club: Gym, tmp_path: Path) -> Path:
    """The data folder of the club's agent, enrolled."""
    keys = KeyPairs.generate()
    known = hub_keys().public
    identity = {"company": club.company.slug, "agent": club.agent.public_id, "name": "Agent", "hub_url": "http://127.0.0.1:1"}
    Identity(**identity, origins=(), keys=keys, hub=known).save(tmp_path)
    Agent.objects.filter(pk=club.agent.pk).update(keys=keys.public.as_dict(), pinned=known.fingerprint())
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[BatchService]:
    made = BatchService(State(folder), Drivers(), Config(data=folder))
    yield made
    made.stop()


def row(club: Gym) -> Agent:
    return agent_checks.find_agent(club.agent.public_id)


def say_hello(club: Gym, desk: BatchService) -> str:
    """What every courier does; "" or the code of the refusal that it ends with."""
    said = desk.hello()
    try:
        if said.rotation:
            said = desk.hello(rotated=apply_rotation(row(club), said.rotation))
        answer = agent_hello.hello(row(club), said.hello)
        if "keys" in answer:
            agent_hello.hello(row(club), desk.hello(keys=answer["keys"]).hello)
    except MessageRefused as error:
        return error.code()
    return ""


def assert_agreed(club: Gym, folder: Path) -> None:
    identity, agent = Identity.load(folder), row(club)
    assert identity.keys.public.as_dict() == agent.keys
    assert identity.hub.fingerprint() == agent.pinned == hub_keys().public.fingerprint()
    assert key_rotation.pending_change(folder, identity) is None


@pytest.mark.parametrize("restart", [False, True])
def test_hello_that_got_lost_between_the_two_changes_locks_nobody_out(
    club: Gym, folder: Path, desk: BatchService, restart: bool
) -> None:
    """The agent listens to the hub's new keys already, and the hub does not know it when it confirms the agent's."""
    hub_rotation.begin_rotation(command_actor)
    keys = agent_hello.hello(row(club), desk.hello().hello)["keys"]
    key_rotation.begin_rotation(folder)
    desk.hello(keys=keys)  # and this one never arrives
    if restart:
        desk.stop()
        desk = BatchService(State(folder), Drivers(), Config(data=folder))
    assert say_hello(club, desk) == ""
    assert_agreed(club, folder)
    desk.stop()


def test_both_may_change_before_the_hub_knows_what_the_agent_listens_to(club: Gym, folder: Path, desk: BatchService) -> None:
    """As rows are that were there before the hub kept that."""
    Agent.objects.filter(pk=club.agent.pk).update(pinned="")
    hub_rotation.begin_rotation(command_actor)
    key_rotation.begin_rotation(folder)
    assert say_hello(club, desk) == ""
    assert_agreed(club, folder)


def test_second_courier_with_the_same_change_gets_the_same_answer(club: Gym, folder: Path, desk: BatchService) -> None:
    key_rotation.begin_rotation(folder)
    signed, before = desk.hello().rotation, row(club)
    assert apply_rotation(row(club), signed) == apply_rotation(before, signed)
    assert say_hello(club, desk) == ""
    assert_agreed(club, folder)


def test_hello_of_older_software_is_taken_and_offered_nothing(club: Gym, desk: BatchService, folder: Path) -> None:
    """The hub is upgraded first; its agents follow one by one."""
    hub_rotation.begin_rotation(command_actor)
    said = json.loads(urlsafe_b64decode(desk.hello().hello.split(".")[1] + "=="))
    del said["hub"]
    key = Identity.load(folder).keys.sign
    header = {"alg": "Ed25519", "typ": "hello", "kid": key.thumbprint()}
    answer = agent_hello.hello(row(club), jws.serialize_compact(header, json.dumps(said).encode(), key, algorithms=["Ed25519"]))
    assert answer == {"nonce": said["nonce"]}
    assert [agent.pk for agent in hub_rotation.left_behind()] == [club.agent.pk]


def test_agent_that_no_longer_dials_out_is_not_missed(club: Gym, folder: Path, desk: BatchService) -> None:
    """It was turned off there; a page carries its hello."""
    Agent.objects.filter(pk=club.agent.pk).update(waited_at=timezone.now(), silent_at=timezone.now())
    assert say_hello(club, desk) == ""
    assert row(club).waited_at
    desk.stop()
    quiet = BatchService(State(folder), Drivers(), Config(data=folder, cloud=False))
    assert say_hello(club, quiet) == ""
    assert (row(club).waited_at, row(club).silent_at) == (None, None)
    quiet.stop()


def test_hello_that_was_on_its_way_when_the_agent_was_enrolled_anew_is_refused(club: Gym, desk: BatchService) -> None:
    """It was signed with keys that were right when its request began; its count must not count for the new keys."""
    late, request = desk.hello().hello, row(club)
    redeem_code(
        code=issue_code(agent=club.agent, actor=club.actor), keys=KeyPairs.generate().public.as_dict(), software="", url=""
    )
    with pytest.raises(UnknownKey):
        agent_hello.hello(request, late)
    assert row(club).hello_count == 0

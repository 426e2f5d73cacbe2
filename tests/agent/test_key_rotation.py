"""Fresh keys without a code, carried by any courier: whatever is lost on the way, hub and agent agree in the end."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorsync.agent import enrolment, key_rotation
from doorsync.agent.batch_service import BatchService
from doorsync.agent.cli import app
from doorsync.agent.config import Config
from doorsync.agent.errors import HubUnreachable, NotEnrolled, RotationFailed, StorageFailed
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.messages.keys import KeyPairs
from tests.agent.courier import Make, carry, served
from tests.agent.hub import CODE, Hub, person, put
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal, until

OpenDesk = Callable[..., BatchService]


def key(folder: Path) -> str:
    return Identity.load(folder).keys.public.fingerprint()


def work(hub: Hub, batch_service: BatchService, name: str) -> None:
    """A change that the agent has to carry out."""
    hub.terminals["gate"].wanted = {"1": person(name)}
    with served(hub) as url:
        assert carry(url, batch_service, within=PATIENCE) == 1


def test_new_keys_take_the_place_of_the_old_and_the_chains_go_on(
    hub: Hub, gate: VirtualTerminal, folder: Path, open_batch_service: OpenDesk
) -> None:
    batch_service = open_batch_service()
    work(hub, batch_service, "Alice")
    old, chains = key(folder), State(folder).chains.heads()
    begun = key_rotation.begin_rotation(folder)
    assert key(folder) == old != begun

    work(hub, batch_service, "Alice Jansen")

    assert key(folder) == hub._agent().fingerprint() == begun
    assert not (folder / key_rotation.FILE).exists()
    again = State(folder).chains.heads()
    assert [(head.terminal, head.seq) for head in again] == [(head.terminal, head.seq + 1) for head in chains]
    assert gate.users() == hub.terminals["gate"].wanted


def test_a_change_is_begun_once_and_nothing_is_ever_written_over_it(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = set(pool.map(lambda _: key_rotation.begin_rotation(folder), range(8)))
    assert len(begun) == 1
    assert begun == {key_rotation.begin_rotation(folder)}
    assert list(folder.glob(".rotation*")) == []


def test_a_hub_that_is_away_leaves_both_keys(hub: Hub, folder: Path, open_batch_service: OpenDesk) -> None:
    old, new = key(folder), key_rotation.begin_rotation(folder)
    with pytest.raises(HubUnreachable):
        carry("http://127.0.0.1:1", open_batch_service(), within=PATIENCE)
    assert key(folder) == old
    work(hub, open_batch_service(), "Alice")
    assert key(folder) == new


def test_a_confirmation_that_was_lost_is_given_again(hub: Hub, folder: Path, open_batch_service: OpenDesk) -> None:
    new, batch_service = key_rotation.begin_rotation(folder), open_batch_service()
    hub.rotate(batch_service.hello().rotation)  # the hub has pinned them, and its answer is lost
    batch_service.stop()
    work(hub, open_batch_service(), "Alice")
    assert key(folder) == hub._agent().fingerprint() == new


@pytest.mark.parametrize("changed", [{"signer": "stranger"}, {"agent": "other"}, {"company": "other"}, {"to": "other"}, {}])
def test_a_confirmation_that_does_not_fit_changes_nothing(
    hub: Hub, folder: Path, open_batch_service: OpenDesk, changed: dict[str, str]
) -> None:
    from doorsync.messages import envelope
    from doorsync.messages.schemas import Rotated

    old, new = key(folder), key_rotation.begin_rotation(folder)
    signer = KeyPairs.generate() if changed.pop("signer", "") else hub.keys
    rotated = Rotated(company="gym", agent="agent-1", to=new).model_copy(update=changed)
    before = bool(changed) or signer is not hub.keys

    open_batch_service().hello(rotated=envelope.sign(rotated, signer.sign))

    assert key(folder) == (old if before else new)
    assert (folder / key_rotation.FILE).exists() is before


def test_no_change_is_offered_while_a_batch_is_under_way(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, folder: Path
) -> None:
    key_rotation.begin_rotation(folder)
    courier = threading.Thread(target=batch_service.batch, args=[hub.seal(hub.batch("gate", put("1")))])
    with gate.frozen():
        courier.start()
        until(lambda: batch_service._state.chains.head("gate").seq == 1, "it was not accepted")
        assert batch_service.hello().rotation == ""
    courier.join()
    assert batch_service.hello().rotation


def test_killed_after_the_new_identity_was_saved_there_is_no_change_any_more(
    hub: Hub, folder: Path, open_batch_service: OpenDesk
) -> None:
    first = key_rotation.begin_rotation(folder)
    left = (folder / key_rotation.FILE).read_text()
    work(hub, open_batch_service(), "Alice")
    (folder / key_rotation.FILE).write_text(left)
    batch_service = open_batch_service()
    assert not batch_service.wants_hello
    assert key_rotation.begin_rotation(folder) != first
    work(hub, batch_service, "Alice Jansen")
    assert key(folder) == hub._agent().fingerprint() != first


def test_enrolling_anew_ends_a_change(hub: Hub, folder: Path) -> None:
    key_rotation.begin_rotation(folder)
    with served(hub) as url:
        enrolment.enrol(Config(data=folder), hub_url=url, code=CODE)
    assert not (folder / key_rotation.FILE).exists()


def test_a_damaged_file_is_told_without_its_keys_and_stops_nothing(hub: Hub, folder: Path, open_batch_service: OpenDesk) -> None:
    (folder / key_rotation.FILE).write_text('{"keys": {"sign": "GEHEIM"}}')
    with pytest.raises(RotationFailed, match="cannot be read") as caught:
        key_rotation.begin_rotation(folder)
    assert "GEHEIM" not in str(caught.value)
    work(hub, open_batch_service(), "Alice")


def test_an_agent_must_be_enrolled(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        key_rotation.begin_rotation(tmp_path)


def test_root_begins_nothing_that_the_service_could_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(folder, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(StorageFailed, match="not as root"):
        key_rotation.begin_rotation(folder)


def test_the_running_agent_changes_its_keys(hub: Hub, gate: VirtualTerminal, folder: Path, agent_in: Make) -> None:
    hub.terminals["gate"].wanted = {"1": person("Alice")}
    agent = agent_in()
    agent.start()
    done = CliRunner().invoke(app, ["rotate-keys", "--data", str(folder)])
    assert done.exit_code == 0
    assert "within a minute" in done.output
    assert "under way" in CliRunner().invoke(app, ["status", "--data", str(folder)]).output
    with served(hub) as url, agent.client() as client:
        assert carry(url, client, within=PATIENCE) == 1
    assert key(folder) == hub._agent().fingerprint()
    assert key(folder) in done.output
    assert "under way" not in CliRunner().invoke(app, ["status", "--data", str(folder)]).output


def test_fresh_keys_of_the_hub_are_taken_and_the_old_ones_count_no_more(
    hub: Hub, gate: VirtualTerminal, folder: Path, open_batch_service: OpenDesk
) -> None:
    batch_service = open_batch_service()
    work(hub, batch_service, "Alice")
    older = hub.keys
    hub.renew()
    work(hub, batch_service, "Alice Jansen")
    assert Identity.load(folder).hub.fingerprint() == hub.keys.public.fingerprint()
    assert gate.users() == hub.terminals["gate"].wanted

    hub.keys = older
    answer = batch_service.batch(hub.seal(hub.batch("gate", put("2"))))
    assert hub.code_of(answer.text) == "unknown-key"


@pytest.mark.parametrize(
    "changed", [{"company": "other"}, {"agent": "other"}, {"keys": {}}, {"keys": KeyPairs.generate().public.as_dict()}]
)
def test_keys_of_the_hub_that_do_not_fit_are_not_taken(
    hub: Hub, folder: Path, open_batch_service: OpenDesk, changed: dict[str, Any]
) -> None:
    old = hub.keys
    hub.renew()
    open_batch_service().hello(keys=hub.fresh_keys(old, **changed))
    assert Identity.load(folder).hub.fingerprint() == old.public.fingerprint()


def test_only_the_keys_that_are_pinned_now_vouch_for_others(hub: Hub, folder: Path, open_batch_service: OpenDesk) -> None:
    """So neither a stranger nor an older message can lead the agent elsewhere, or back."""
    first, batch_service = hub.keys, open_batch_service()
    hub.renew()
    to_second = hub.fresh_keys(first)
    second = hub.keys
    hub.renew()
    batch_service.hello(keys=hub.fresh_keys(KeyPairs.generate()))
    assert Identity.load(folder).hub.fingerprint() == first.public.fingerprint()
    batch_service.hello(keys=to_second)
    batch_service.hello(keys=hub.fresh_keys(second))
    batch_service.hello(keys=to_second)
    assert Identity.load(folder).hub.fingerprint() == hub.keys.public.fingerprint()


def test_the_change_that_was_begun_is_kept_for_its_owner_only(folder: Path) -> None:
    key_rotation.begin_rotation(folder)
    path = folder / key_rotation.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {"keys", "rotation"}

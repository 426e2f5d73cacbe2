"""Fresh keys without a code: whatever is lost on the way, hub and agent agree in the end; chains go on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doorsync.agent import rotating
from doorsync.agent.config import Config
from doorsync.agent.errors import FolderInUse, HubUnreachable, NotEnrolled, RotationFailed
from doorsync.agent.identity import Identity
from doorsync.agent.state import State
from doorsync.agent.storage import holding
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.shapes import Rotated, Rotation
from tests.agent.courier import served
from tests.agent.hub import AGENT, COMPANY, Hub


class Rotating(Hub):
    """Takes new keys."""

    before: PublicKeys
    signer: KeyPairs | None = None

    def rotate(self, rotation: str, agent: str) -> dict[str, Any]:
        message = envelope.verify(rotation, Rotation, self.before.sign)
        new = PublicKeys.load(message.keys)
        assert envelope.verify(message.proof, Rotation, new.sign).keys == message.keys
        self.agent_keys = new
        rotated = Rotated(company=COMPANY, agent=AGENT, to=new.fingerprint())
        return {"rotated": envelope.sign(rotated, (self.signer or self.keys).sign)}


@pytest.fixture
def there(tmp_path: Path) -> Rotating:
    hub = Rotating()
    hub.identity().save(tmp_path)
    hub.before = hub._agent()
    return hub


def config_at(folder: Path, url: str) -> Config:
    replace(Identity.load(folder), hub_url=url).save(folder)
    return Config(data=folder)


def test_new_keys_take_the_place_of_the_old_and_the_chains_go_on(there: Rotating, tmp_path: Path) -> None:
    old, chains = Identity.load(tmp_path), State(tmp_path).chains._folder
    with served(there) as url:
        rotating.rotate(config_at(tmp_path, url))
    new = Identity.load(tmp_path)
    assert new.keys.public.fingerprint() == there._agent().fingerprint() != old.keys.public.fingerprint()
    assert State(tmp_path).chains._folder == chains
    assert not (tmp_path / rotating.FILE).exists()


def test_a_hub_that_is_away_leaves_both_keys_and_the_next_try_ends_it(there: Rotating, tmp_path: Path) -> None:
    with served(there) as url:
        config = config_at(tmp_path, url)
    old = Identity.load(tmp_path).keys.public.fingerprint()
    with pytest.raises(HubUnreachable):
        rotating.rotate(config)
    assert Identity.load(tmp_path).keys.public.fingerprint() == old
    begun = (tmp_path / rotating.FILE).read_text()
    with served(there) as url:
        config = config_at(tmp_path, url)
        rotating.finish_if_begun(config)
    assert Identity.load(tmp_path).keys.public.fingerprint() == there._agent().fingerprint()
    assert there._agent().fingerprint() == KeyPairs.load(json.loads(begun)["keys"]).public.fingerprint()


def test_an_agent_that_cannot_finish_starts_with_the_keys_it_has(there: Rotating, tmp_path: Path) -> None:
    config = config_at(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(HubUnreachable):
        rotating.rotate(config)
    rotating.finish_if_begun(config)
    assert (tmp_path / rotating.FILE).exists()


def test_an_answer_of_another_hub_is_not_believed(there: Rotating, tmp_path: Path) -> None:
    there.signer = KeyPairs.generate()
    old = Identity.load(tmp_path).keys.public.fingerprint()
    with served(there) as url, pytest.raises(RotationFailed, match="cannot be used"):
        rotating.rotate(config_at(tmp_path, url))
    assert Identity.load(tmp_path).keys.public.fingerprint() == old


def test_killed_after_the_new_identity_was_saved_the_rest_is_only_tidying(there: Rotating, tmp_path: Path) -> None:
    with served(there) as url:
        config = config_at(tmp_path, url)
        rotating._begin(tmp_path / rotating.FILE, Identity.load(tmp_path))
        left = (tmp_path / rotating.FILE).read_text()
        rotating.rotate(config)
    (tmp_path / rotating.FILE).write_text(left)
    assert rotating.rotate(config).keys.public.fingerprint() == there._agent().fingerprint()
    assert not (tmp_path / rotating.FILE).exists()


def test_a_refusal_is_told_in_the_hubs_words_and_the_next_try_begins_anew(
    there: Rotating, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(there, "rotate", lambda **_: {"error": "unknown-key", "message": "Not pinned."})
    with served(there) as url, pytest.raises(RotationFailed, match="Not pinned"):
        rotating.rotate(config_at(tmp_path, url))
    assert not (tmp_path / rotating.FILE).exists()


def test_a_damaged_file_is_told_without_its_keys(there: Rotating, tmp_path: Path) -> None:
    (tmp_path / rotating.FILE).write_text('{"keys": {"sign": "GEHEIM"}}')
    with pytest.raises(RotationFailed, match="cannot be read") as caught:
        rotating.rotate(Config(data=tmp_path))
    assert "GEHEIM" not in str(caught.value)


def test_rotating_needs_an_enrolled_agent_that_does_not_run(there: Rotating, tmp_path: Path) -> None:
    with holding(tmp_path), pytest.raises(FolderInUse):
        rotating.rotate(Config(data=tmp_path))
    with pytest.raises(NotEnrolled):
        rotating.rotate(Config(data=tmp_path / "other"))

"""The agent's identity on the disk: who may read it, and what a damaged or missing file means."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from doorsync.agent.errors import BadIdentity, NotEnrolled
from doorsync.agent.identity import FILE, Identity
from doorsync.agent.kept_state import State
from tests.agent.hub import Hub


def test_the_identity_survives_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "agent"
    identity = Hub().identity()
    identity.save(folder)
    again = Identity.load(folder)
    assert (again.company, again.agent, again.origins) == (identity.company, identity.agent, identity.origins)
    assert again.keys.sign.thumbprint() == identity.keys.sign.thumbprint()
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_identity_shows_no_key(tmp_path: Path) -> None:
    identity = Hub().identity()
    for pair in identity.keys.as_dict().values():
        assert pair["d"] not in repr(identity)


def test_without_an_identity_the_agent_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="doorsync agent enrol"):
        State(tmp_path)


@pytest.mark.parametrize("damage", ["", "{", "{}", "[]", '{"keys": {"sign": "secret-key"}}', '{"company": 1}'])
def test_a_damaged_identity_is_said_so_without_quoting_it(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage)
    with pytest.raises(BadIdentity) as caught:
        State(tmp_path)
    assert "secret-key" not in f"{caught.value} {caught.value.__cause__!r}"

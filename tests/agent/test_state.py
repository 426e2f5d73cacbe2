"""What the agent keeps on disk: who may read it, and what a damaged or missing file means."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from doorsync.agent import storage
from doorsync.agent.chains import ACCEPTED, Accepted, Chains, Kept
from doorsync.agent.errors import BadIdentity, FolderInUse, NotEnrolled, StorageFailed
from doorsync.agent.identity import FILE, Identity
from doorsync.agent.state import COUNT, State
from doorsync.messages.shapes import Head
from tests.agent.hub import Hub

FIRST = Accepted(terminal="gate", seq=1, hash="a" * 64, sealed="sealed 1")
SECOND = Accepted(terminal="gate", seq=2, hash="b" * 64, sealed="sealed 2")


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


def test_hello_counts_never_come_twice(folder: Path) -> None:
    assert [State(folder).next_count() for _ in range(3)] == [1, 2, 3]


def test_a_damaged_count_is_no_count(folder: Path) -> None:
    (folder / COUNT).write_text("many")
    with pytest.raises(StorageFailed):
        State(folder).next_count()


def test_fresh_keys_begin_fresh_chains(folder: Path, hub: Hub) -> None:
    State(folder).chains.accept(FIRST)
    assert State(folder).chains.head("gate").seq == 1
    hub.identity().save(folder)
    assert State(folder).chains.heads() == []


def test_chains_survive_and_the_receipt_belongs_to_its_batch(tmp_path: Path) -> None:
    chains = Chains(tmp_path)
    assert chains.head("gate") == Head(terminal="gate", seq=0, hash="")
    chains.accept(FIRST)
    assert chains.receipt(FIRST) is None
    chains.keep_receipt(FIRST, Kept("receipt 1"))
    again = Chains(tmp_path)
    assert again.find("a" * 64) == FIRST
    assert again.receipt(FIRST) == Kept("receipt 1")
    again.accept(SECOND)
    assert again.find("a" * 64) is None
    assert again.receipt(SECOND) is None
    assert Chains(tmp_path).heads() == [Head(terminal="gate", seq=2, hash="b" * 64)]


@pytest.mark.parametrize("name", ["../../up", "/etc/passwd", "a" * 64, "gate\n", "Zoë"])
def test_a_terminals_name_is_no_path(tmp_path: Path, name: str) -> None:
    chains = Chains(tmp_path / "chains")
    chains.accept(Accepted(terminal=name, seq=1, hash="a" * 64, sealed=""))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in written] == [ACCEPTED]
    assert written[0].parent.parent == tmp_path / "chains"
    assert Chains(tmp_path / "chains").head(name).seq == 1


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"terminal": "gate"}'])
def test_a_damaged_chain_is_a_lost_one_and_harms_no_other(tmp_path: Path, damage: str) -> None:
    chains = Chains(tmp_path)
    chains.accept(FIRST)
    chains.accept(Accepted(terminal="back", seq=5, hash="c" * 64, sealed=""))
    damaged = next(path for path in tmp_path.rglob(ACCEPTED) if json.loads(path.read_text())["terminal"] == "gate")
    damaged.write_text(damage)
    assert Chains(tmp_path).heads() == [Head(terminal="back", seq=5, hash="c" * 64)]


@pytest.mark.parametrize("damage", ["", "[]", "{}", "null"])
def test_a_damaged_receipt_is_none(tmp_path: Path, damage: str) -> None:
    chains = Chains(tmp_path)
    chains.accept(FIRST)
    chains.keep_receipt(FIRST, Kept("receipt"))
    next(tmp_path.rglob("receipt.json")).write_text(damage)
    assert chains.receipt(FIRST) is None


def test_parts_belong_to_the_receipt_that_counts_them(tmp_path: Path) -> None:
    """Before the receipt is there they are nothing, without one of them it is none, and the next batch drops them."""
    chains = Chains(tmp_path)
    chains.accept(FIRST)
    for number in (1, 2):
        chains.keep_part(FIRST, number, f"part {number}")
    assert chains.part(FIRST, 1) is None
    chains.keep_receipt(FIRST, Kept("receipt", 2))
    again = Chains(tmp_path)
    assert again.receipt(FIRST) == Kept("receipt", 2)
    assert [again.part(FIRST, number) for number in (0, 1, 2, 3)] == [None, "part 1", "part 2", None]
    next(tmp_path.rglob("part-2")).unlink()
    assert again.receipt(FIRST) is None
    assert again.part(FIRST, 1) is None
    again.accept(SECOND)
    assert not list(tmp_path.rglob("part-*"))


def test_one_agent_holds_the_folder(tmp_path: Path) -> None:
    with storage.holding(tmp_path), pytest.raises(FolderInUse, match="already"), storage.holding(tmp_path):
        pass
    with storage.holding(tmp_path):
        pass


def test_root_keeps_out_of_the_folder_of_another_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(StorageFailed, match="not as root"), storage.holding(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="Cannot use the data folder"), storage.holding(tmp_path / "file" / "agent"):
        pass


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    storage.write(tmp_path / "x", "old")
    (tmp_path / ".x.draft").mkdir()
    with pytest.raises(StorageFailed, match="Cannot write"):
        storage.write(tmp_path / "x", "new")
    assert (tmp_path / "x").read_text() == "old"

"""What the agent keeps of each terminal on the disk, and what a damaged or missing file means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorsync.agent.kept_receipts import ACCEPTED, Accepted, Chains, StoredReceipt
from doorsync.agent.kept_state import State
from doorsync.messages.schemas import ChainHead
from tests.agent.hub import Hub

FIRST = Accepted(terminal="gate", seq=1, hash="a" * 64, sealed="sealed 1")
SECOND = Accepted(terminal="gate", seq=2, hash="b" * 64, sealed="sealed 2")


def test_fresh_keys_begin_fresh_chains(folder: Path, hub: Hub) -> None:
    State(folder).chains.accept(FIRST)
    assert State(folder).chains.head("gate").seq == 1
    hub.identity().save(folder)
    assert State(folder).chains.heads() == []


def test_chains_survive_and_the_receipt_belongs_to_its_batch(tmp_path: Path) -> None:
    chains = Chains(tmp_path)
    assert chains.head("gate") == ChainHead(terminal="gate", seq=0, hash="")
    chains.accept(FIRST)
    assert chains.receipt(FIRST) is None
    chains.keep_receipt(FIRST, StoredReceipt("receipt 1"))
    again = Chains(tmp_path)
    assert again.find("a" * 64) == FIRST
    assert again.receipt(FIRST) == StoredReceipt("receipt 1")
    again.accept(SECOND)
    assert again.find("a" * 64) is None
    assert again.receipt(SECOND) is None
    assert Chains(tmp_path).heads() == [ChainHead(terminal="gate", seq=2, hash="b" * 64)]


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
    assert Chains(tmp_path).heads() == [ChainHead(terminal="back", seq=5, hash="c" * 64)]


@pytest.mark.parametrize("damage", ["", "[]", "{}", "null"])
def test_a_damaged_receipt_is_none(tmp_path: Path, damage: str) -> None:
    chains = Chains(tmp_path)
    chains.accept(FIRST)
    chains.keep_receipt(FIRST, StoredReceipt("receipt"))
    next(tmp_path.rglob("receipt.json")).write_text(damage)
    assert chains.receipt(FIRST) is None


def test_parts_belong_to_the_receipt_that_counts_them(tmp_path: Path) -> None:
    """Before the receipt is there they are nothing, without one of them it is none, and the next batch drops them."""
    chains = Chains(tmp_path)
    chains.accept(FIRST)
    for number in (1, 2):
        chains.keep_part(FIRST, number, f"part {number}")
    assert chains.part(FIRST, 1) is None
    chains.keep_receipt(FIRST, StoredReceipt("receipt", 2))
    again = Chains(tmp_path)
    assert again.receipt(FIRST) == StoredReceipt("receipt", 2)
    assert [again.part(FIRST, number) for number in (0, 1, 2, 3)] == [None, "part 1", "part 2", None]
    next(tmp_path.rglob("part-2")).unlink()
    assert again.receipt(FIRST) is None
    assert again.part(FIRST, 1) is None
    again.accept(SECOND)
    assert not list(tmp_path.rglob("part-*"))

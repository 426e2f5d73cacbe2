from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from doorsync.hub.administrators.group_commit import MOST, GroupCommit
from tests.factories.patience import PATIENCE


class Store:
    """Keeps what was written together. The first write waits for `go_on`; a job of -1 cannot be written."""

    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.inside = 0

    def write(self, jobs: Sequence[int]) -> None:
        self.inside += 1
        assert self.inside == 1, "two write at the same time"
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        self.inside -= 1
        if -1 in jobs:
            raise ValueError(len(jobs))
        self.writes.append(sorted(jobs))


def wait_for(commit: GroupCommit[int], count: int) -> None:
    """Until so many wait behind the one that writes."""
    woken = threading.Event()
    while len(commit._waiting) < count:
        woken.wait(0.001)


def test_one_at_a_time_is_written_alone() -> None:
    store = Store()
    store.go_on.set()
    commit = GroupCommit(store.write)
    for number in range(3):
        commit.run(number)
    assert store.writes == [[0], [1], [2]]


def test_those_that_come_while_one_writes_are_written_together() -> None:
    store = Store()
    commit = GroupCommit(store.write)
    with ThreadPoolExecutor(MOST + 11) as pool:
        pool.submit(commit.run, 0)
        assert store.begun.wait(PATIENCE)
        rest = [pool.submit(commit.run, number) for number in range(1, MOST + 11)]
        wait_for(commit, MOST + 10)
        store.go_on.set()
        for each in rest:
            each.result(PATIENCE)
    assert [len(each) for each in store.writes] == [1, MOST, 10]
    assert sorted(chain.from_iterable(store.writes)) == list(range(MOST + 11))


def test_when_one_cannot_be_written_the_others_are_and_it_alone_hears_of_it() -> None:
    store, refused = Store(), list[int]()

    def write(jobs: Sequence[int]) -> None:
        if len(jobs) > 1 or not store.writes:
            store.write(jobs)
        elif -1 in jobs:  # each that is tried again alone does so in its own thread
            raise ValueError(len(jobs))
        else:
            store.writes.append(list(jobs))

    commit = GroupCommit(write)

    def run(number: int) -> None:
        try:
            commit.run(number)
        except ValueError:
            refused.append(number)

    with ThreadPoolExecutor(5) as pool:
        pool.submit(run, 0)
        assert store.begun.wait(PATIENCE)
        rest = [pool.submit(run, number) for number in (1, -1, 2)]
        wait_for(commit, 3)
        store.go_on.set()
        for each in rest:
            each.result(PATIENCE)
    assert refused == [-1]
    assert sorted(chain.from_iterable(store.writes)) == [0, 1, 2]


def test_an_error_leaves_the_way_free_for_the_next() -> None:
    store = Store()
    store.go_on.set()
    commit = GroupCommit(store.write)
    with pytest.raises(ValueError, match="1"):
        commit.run(-1)
    commit.run(3)
    assert store.writes == [[3]]

"""Jobs of one lane follow one another, and hold no thread while they wait."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from doorsync.agent.lanes import Lanes
from tests.factories.patience import PATIENCE


def test_one_lane_takes_one_thread_however_many_wait_in_it() -> None:
    """Two threads: were the waiting ones to hold any, the job of the other lane could not run."""
    go, order = threading.Event(), list[str]()
    with ThreadPoolExecutor(2) as pool:
        lanes: Lanes[None] = Lanes(pool)

        def slow(name: str) -> None:
            assert go.wait(PATIENCE)
            order.append(name)

        waiting = [lanes.submit("gateway", lambda name=name: slow(name)) for name in "abcd"]  # type: ignore[misc]  # bound now
        lanes.submit("other", lambda: order.append("other")).result(PATIENCE)
        go.set()
        for future in waiting:
            future.result(PATIENCE)
    assert order == ["other", "a", "b", "c", "d"]


def test_a_job_that_fails_harms_none_after_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        lanes: Lanes[int] = Lanes(pool)
        failed, fine = lanes.submit("gate", lambda: 1 // 0), lanes.submit("gate", lambda: 1)
        assert fine.result(PATIENCE) == 1
        with pytest.raises(ZeroDivisionError):
            failed.result(PATIENCE)
        assert lanes.submit("gate", lambda: 2).result(PATIENCE) == 2  # the lane is free again


def test_after_a_shutdown_those_that_wait_fail() -> None:
    go = threading.Event()
    pool = ThreadPoolExecutor(1)
    lanes: Lanes[bool] = Lanes(pool)
    first, second = lanes.submit("gate", lambda: go.wait(PATIENCE)), lanes.submit("gate", lambda: True)
    pool.shutdown(wait=False)
    go.set()
    assert first.result(PATIENCE)
    with pytest.raises(RuntimeError):
        second.result(PATIENCE)

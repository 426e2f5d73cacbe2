from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from doorsync.hub.administrators import hashing
from doorsync.hub.administrators.errors import Busy


@pytest.mark.requirement("S-04", mutation="time_cost = 1")
def test_hashed_is_argon2id_at_the_accepted_minimum() -> None:
    assert "argon2id$v=19$m=19456,t=2,p=1$" in hashing.hashed("correct horse")


def test_matches_tells_right_from_wrong() -> None:
    encoded = hashing.hashed("correct horse")
    assert hashing.matches("correct horse", encoded)
    assert not hashing.matches("correct horsf", encoded)
    assert not hashing.matches("correct horse", "")


@pytest.mark.requirement("S-04", mutation="passing no setter to check_password")
def test_matches_renews_a_weaker_hash_when_the_password_is_right() -> None:
    class Weaker(hashing.Hasher):
        time_cost = 1

    renewed: list[str] = []
    weak = Weaker().encode("correct horse", "saltsaltsalt")
    assert not hashing.matches("wrong", weak, renewed.append)
    assert renewed == []
    assert hashing.matches("correct horse", weak, renewed.append)
    assert [hashing.matches("correct horse", encoded, renewed.append) for encoded in renewed] == [True]
    assert len(renewed) == 1


def test_matches_refuses_a_foreign_kind_of_hash() -> None:
    assert not hashing.matches("correct horse", PBKDF2PasswordHasher().encode("correct horse", "salt", 1))


@pytest.mark.requirement("S-04", mutation="AT_ONCE = 64")
def test_turn_lets_only_two_hash_at_once() -> None:
    hashing.unknown()
    running, most, lock = 0, 0, threading.Lock()

    def one() -> None:
        nonlocal running, most
        with hashing.turn():
            with lock:
                running += 1
                most = max(most, running)
            hashing.unknown.__wrapped__()  # a real hash
            with lock:
                running -= 1

    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(one) for _ in range(20)]:
            done.result()
    assert most == 2


@pytest.mark.requirement("S-04", mutation="acquire(timeout=60) for the turn")
def test_turn_is_busy_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    with hashing.turn(), hashing.turn(), pytest.raises(Busy), hashing.turn():
        pass
    with hashing.turn():  # nothing was leaked
        pass


@pytest.mark.requirement("S-04", mutation="an unbounded queue")
def test_turn_is_busy_at_once_when_the_queue_is_full() -> None:
    release, waiting = threading.Event(), threading.Barrier(hashing.AT_ONCE + 1)

    def hold() -> None:
        with hashing.turn():
            waiting.wait(10)
            release.wait(10)

    def queue() -> bool:
        try:
            with hashing.turn():
                return True
        except Busy:
            return False

    with ThreadPoolExecutor(hashing.AT_ONCE + hashing.WAITING + 8) as pool:
        holders = [pool.submit(hold) for _ in range(hashing.AT_ONCE)]
        waiting.wait(10)
        queued = [pool.submit(queue) for _ in range(hashing.WAITING + 8)]
        refused = _wait_for_refusals(queued, 8)
        release.set()
        assert refused == 8
        assert sum(done.result() for done in queued) == hashing.WAITING
        for holder in holders:
            holder.result()


def _wait_for_refusals(queued: list, count: int) -> int:  # type: ignore[type-arg]  # futures of bool
    """Those that ended while the turns were still held can only have been refused."""
    done = threading.Event()
    lock, ended = threading.Lock(), 0

    def note(_: object) -> None:
        nonlocal ended
        with lock:
            ended += 1
            if ended >= count:
                done.set()

    for each in queued:
        each.add_done_callback(note)
    done.wait(hashing.PATIENCE / 2)
    return ended

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from doorsync.hub.administrators.errors import Busy
from doorsync.hub.administrators.verified_passwords import VerifiedPasswords
from tests.factories.patience import PATIENCE


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def says(answer: bool, times: list[bool] | None = None) -> Callable[[], bool]:
    def matches() -> bool:
        if times is not None:
            times.append(answer)
        return answer

    return matches


def test_right_password_is_remembered_for_a_minute_that_use_does_not_prolong() -> None:
    clock = Clock()
    kept = VerifiedPasswords(clock=clock)
    assert kept.verify(1, "hash", "right", says(True))
    for _ in range(59):
        clock.now += 1
        assert kept.remembers(1, "hash", "right")
    clock.now += 1
    assert not kept.remembers(1, "hash", "right")


@pytest.mark.requirement("T-07", mutation="`encoded` left out of the digest")
def test_only_the_same_password_of_the_same_administrator_with_the_same_hash_is_remembered() -> None:
    kept = VerifiedPasswords()
    kept.verify(1, "hash", "right", says(True))
    for other in [(2, "hash", "right"), (1, "another hash", "right"), (1, "hash", "wrong"), (1, "hashr", "ight")]:
        assert not kept.remembers(*other)
    assert not VerifiedPasswords().remembers(1, "hash", "right"), "another process has another key"


@pytest.mark.requirement("S-04", mutation="_remember(digest) whatever `right` says")
def test_wrong_password_is_never_remembered() -> None:
    kept, asked = VerifiedPasswords(), list[bool]()
    for _ in range(2):
        assert not kept.verify(1, "hash", "wrong", says(False, asked))
        assert not kept.remembers(1, "hash", "wrong")
    assert len(asked) == 2


def test_no_more_than_so_many_are_kept_and_the_oldest_go() -> None:
    kept = VerifiedPasswords(most=3)
    for number in (1, 2, 3, 1, 4, 5):
        kept.verify(number, "hash", "right", says(True))
    assert [kept.remembers(number, "hash", "right") for number in (1, 2, 3, 4, 5)] == [False, False, True, True, True]


def test_nothing_that_was_kept_can_be_read_back() -> None:
    kept = VerifiedPasswords()
    kept.verify(1, "the stored hash", "a password", says(True))
    assert "password" not in repr(vars(kept)).replace("VerifiedPasswords", "")
    assert "stored" not in repr(vars(kept))


@pytest.mark.requirement("S-04", mutation="`running = None` for each caller")
def test_those_who_ask_the_same_at_once_share_one_hash() -> None:
    kept, hashed, start = VerifiedPasswords(), list[bool](), threading.Barrier(16, timeout=PATIENCE)

    def ask(number: int) -> bool:
        start.wait()
        return kept.verify(1, "hash", "right", says(True, hashed), stranger=False)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(16)))
    assert len(hashed) == 1


def test_whoever_waits_gets_the_answer_of_the_one_that_hashes() -> None:
    kept, begun, answers = VerifiedPasswords(), threading.Event(), list[bool]()
    go_on = threading.Event()

    def slow() -> bool:
        begun.set()
        return not go_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.verify, 1, "hash", "wrong", slow)
        assert begun.wait(PATIENCE)
        second = pool.submit(kept.verify, 1, "hash", "wrong", says(True, answers))
        assert kept.verify(1, "hash", "wrong", says(True), stranger=True), "strangers hash in a lane of their own"
        go_on.set()
        assert not first.result(PATIENCE)
        assert second.result(PATIENCE) or not answers


def test_an_error_goes_to_all_who_wait_and_is_not_kept() -> None:
    kept = VerifiedPasswords()

    def busy() -> bool:
        raise Busy

    with pytest.raises(Busy):
        kept.verify(1, "hash", "right", busy)
    assert kept.verify(1, "hash", "right", says(True))

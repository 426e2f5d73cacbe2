from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from doorsync.hub.administrators import password_hashing
from doorsync.hub.administrators.errors import Busy


@pytest.mark.requirement("S-04", mutation="time_cost = 1")
def test_hashed_is_argon2id_at_the_accepted_minimum() -> None:
    assert "argon2id$v=19$m=19456,t=2,p=1$" in password_hashing.hash_password("correct horse")


def test_matches_tells_right_from_wrong() -> None:
    encoded = password_hashing.hash_password("correct horse")
    assert password_hashing.password_matches("correct horse", encoded)
    assert not password_hashing.password_matches("correct horsf", encoded)
    assert not password_hashing.password_matches("correct horse", "")


@pytest.mark.requirement("S-04", mutation="passing no setter to check_password")
def test_matches_renews_a_weaker_hash_when_the_password_is_right() -> None:
    class Weaker(password_hashing.Hasher):
        time_cost = 1

    renewed: list[str] = []
    weak = Weaker().encode("correct horse", "saltsaltsalt")
    assert not password_hashing.password_matches("wrong", weak, renewed.append)
    assert renewed == []
    assert password_hashing.password_matches("correct horse", weak, renewed.append)
    assert [password_hashing.password_matches("correct horse", encoded, renewed.append) for encoded in renewed] == [True]
    assert len(renewed) == 1


def test_matches_refuses_a_foreign_kind_of_hash() -> None:
    assert not password_hashing.password_matches("correct horse", PBKDF2PasswordHasher().encode("correct horse", "salt", 1))


@pytest.mark.requirement("S-04", mutation="AT_ONCE = 64")
def test_turn_lets_only_two_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hashing, "PATIENCE", 60)  # however busy the machine is
    password_hashing.unknown_hash()
    running, most, lock = 0, 0, threading.Lock()

    def one() -> None:
        nonlocal running, most
        with password_hashing.hashing_turn():
            with lock:
                running += 1
                most = max(most, running)
            password_hashing.unknown_hash.__wrapped__()  # a real hash
            with lock:
                running -= 1

    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(one) for _ in range(20)]:
            done.result()
    assert most == 2


@pytest.mark.requirement("S-04", mutation="STRANGERS_AT_ONCE = 2")
def test_turn_leaves_one_lane_to_those_who_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hashing, "PATIENCE", 0.05)
    with password_hashing.hashing_turn(stranger=True):
        with pytest.raises(Busy), password_hashing.hashing_turn(stranger=True):
            pass
        with password_hashing.hashing_turn():
            pass


@pytest.mark.requirement("S-04", mutation="PATIENCE = 60, and not looking whether a turn was given")
def test_turn_is_busy_after_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    assert password_hashing.PATIENCE == 2
    monkeypatch.setattr(password_hashing, "PATIENCE", 0.05)
    with password_hashing.hashing_turn(), password_hashing.hashing_turn(), pytest.raises(Busy), password_hashing.hashing_turn():
        pass
    with password_hashing.hashing_turn(), password_hashing.hashing_turn():  # nothing was leaked
        pass


@pytest.mark.requirement("S-04", mutation="strangers in the places of all")
@pytest.mark.parametrize(("stranger", "most"), [(True, password_hashing.STRANGERS_PLACES), (False, password_hashing.PLACES)])
def test_places_are_bounded_and_strangers_take_none_of_the_others(*, stranger: bool, most: int) -> None:
    with ExitStack() as taken:
        for _ in range(most):
            taken.enter_context(password_hashing.hashing_place(stranger=stranger))
        with pytest.raises(Busy):
            taken.enter_context(password_hashing.hashing_place(stranger=stranger))
        taken.enter_context(password_hashing.hashing_place(stranger=not stranger))
    with password_hashing.hashing_place(stranger=stranger):
        pass

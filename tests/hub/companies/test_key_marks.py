"""A hub with other keys notices, and the marks in the database do not reveal the keys."""

from __future__ import annotations

from doorsync.hub.companies import sealing
from doorsync.hub.companies.key_marks import NAMES, key_mark, opens_key
from doorsync.hub.settings import key_files


def test_each_key_has_a_mark_of_its_own_that_is_no_part_of_it() -> None:
    marks = {key_mark(name) for name in NAMES}
    assert len(marks) == len(NAMES)
    assert {len(mark) for mark in marks} == {16}
    assert not any(mark in key_files.secret(name) for mark in marks for name in NAMES)


def test_key_of_a_company_is_opened_by_the_key_that_sealed_it_only() -> None:
    sealed = sealing.seal(key_files.secret("kek"), b"k" * 32, sealing.COMPANY_KEY)
    assert opens_key(sealed)
    assert not opens_key(sealing.seal(b"x" * 32, b"k" * 32, sealing.COMPANY_KEY))
    assert not opens_key(sealed[:-1])
    assert not opens_key(b"")

from __future__ import annotations

from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS, Scope

EVERYBODY, NONE, REMOVALS = Scope(), Scope(NOBODY), Scope(ONLY_REMOVALS)
ONE, BOTH, ALICE, BOB = Scope(frozenset({1})), Scope(frozenset({1, 2})), Scope(user=7), Scope(user=8)


def test_a_scope_covers_what_is_within_it() -> None:
    within = ((EVERYBODY, EVERYBODY), (EVERYBODY, ONE), (EVERYBODY, NONE), (EVERYBODY, ALICE), (ONE, ONE), (BOTH, ONE))
    for wider, narrower in (*within, (ONE, NONE), (NONE, NONE), (ALICE, ALICE), (ALICE, NONE), (ALICE, REMOVALS)):
        assert wider.covers(narrower), (wider, narrower)


def test_a_scope_does_not_cover_what_may_be_beyond_it() -> None:
    beyond = ((ONE, EVERYBODY), (NONE, EVERYBODY), (ONE, BOTH), (NONE, ONE), (ALICE, BOB), (ALICE, EVERYBODY), (ALICE, ONE))
    for wider, narrower in (*beyond, (BOTH, ALICE), (NONE, ALICE), (REMOVALS, ALICE), (REMOVALS, NONE)):
        assert not wider.covers(narrower), (wider, narrower)


def test_only_a_scope_without_groups_and_user_is_everybody() -> None:
    assert [each.everybody for each in (EVERYBODY, NONE, ONE, ALICE)] == [True, False, False, False]

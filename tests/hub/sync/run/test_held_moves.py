"""What a receipt moves: the columns of each row, and one statement for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.run.held_moves import HeldMoves
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db
EARLIER = timezone.now() - timedelta(days=3)


@pytest.mark.requirement(
    "R-04", mutation="a statement for each row; held_since of whoever is held already set anew; the place kept"
)
def test_moves_are_written_together() -> None:
    club, now = gym([f"Person {number}" for number in range(30)]), timezone.now()
    gate, pool = club.terminals[0], club.terminals[2]
    with scope(company=club.company):
        Holding.objects.filter(terminal_id=pool.pk).update(held=b"old", held_since=EARLIER, lost=True, place=b"7")
        unwanted = Holding.objects.filter(terminal_id=pool.pk, user_id__isnull=False).earliest("key")
        Holding.objects.filter(pk=unwanted.pk).update(wanted=None)
        rows = list(Holding.objects.filter(terminal_id=gate.pk, user_id__isnull=False))
        moves = HeldMoves(gate.pk, now)
        for row in rows:
            moves.add(row, bytes(row.wanted or b""), "all")
        with CaptureQueriesContext(connection) as asked:
            moves.write()
        assert len(asked) == 1
        assert rows[0].held is None, "the rows stay as they were read"
        written = list(Holding.objects.filter(terminal_id=gate.pk, user_id__isnull=False))
        assert {(row.state, row.held_since, row.allowance) for row in written} == {(HoldingState.SAME, now, "all")}

        gone, kept, lost = list(Holding.objects.filter(terminal_id=pool.pk, user_id__isnull=False).order_by("key"))[:3]
        again = HeldMoves(pool.pk, now)
        again.add(gone, None, "")
        again.add(kept, b"new", "all")
        again.add(lost, None, "", moves=True)
        again.write()
        assert not Holding.objects.filter(pk=gone.pk).exists(), "neither wanted nor held"
        there, missing = Holding.objects.get(pk=kept.pk), Holding.objects.get(pk=lost.pk)
        assert (bytes(there.held or b""), there.held_since, there.lost) == (b"new", EARLIER, False)
        assert (missing.held, missing.held_since, missing.lost, missing.place) == (None, None, True, None)


@pytest.mark.requirement("I-06", mutation="unlike_wanted() of what is gone, of what is not wanted, or of what is right")
def test_only_what_is_held_otherwise_is_to_be_judged_again() -> None:
    club = gym([f"Person {number}" for number in range(4)])
    with scope(company=club.company):
        right, other, gone, unwanted = Holding.objects.filter(terminal_id=club.terminals[0].pk, user_id__isnull=False)
        unwanted.wanted = None
        moves = HeldMoves(club.terminals[0].pk, timezone.now())
        for row, held in ((right, bytes(right.wanted or b"")), (other, b"other"), (gone, None), (unwanted, b"left")):
            moves.add(row, held, "all")
        assert moves.unlike_wanted() == {other.key}

"""The column of reasons, in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.domain.reason import NO_REASON
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.sync.models import Holding, HoldingState
from tests.factories.gym import Gym, gym

WHY = RefusalCode.TOO_MANY_CARDS(cards=2, limit=1)


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT refusal FROM sync_holding")
        return str(cursor.fetchone()[0])


@pytest.fixture
def holding(club: Gym) -> Holding:
    Holding.objects.all().delete()
    made = Holding.objects.create(company=club.company, kind=1, key="7", terminal_id=club.terminals[0].pk, refusal=WHY)
    return Holding.objects.get(pk=made.pk)


def test_reason_is_stored_as_code_with_parameters_and_comes_back(holding: Holding) -> None:
    assert stored() == '{"code":"too-many-cards","parameters":{"cards":2,"limit":1}}'
    assert holding.refusal == WHY
    assert holding.state == HoldingState.REFUSED
    assert Holding.objects.filter(refusal=WHY).exists()
    assert not Holding.objects.filter(refusal="").exists()


def test_no_reason_is_an_empty_text(holding: Holding) -> None:
    Holding.objects.update(refusal=NO_REASON)
    assert stored() == ""
    assert Holding.objects.get(refusal="").refusal == NO_REASON


def test_sentence_is_not_taken_for_a_reason(holding: Holding) -> None:
    holding.refusal = "Two cards."  # type: ignore[assignment]
    with pytest.raises(TypeError, match="code with parameters"):
        holding.save()

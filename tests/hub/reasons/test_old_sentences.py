"""Sentences that were stored before there were reasons become reasons, and what is one already stays."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.state import StateApps

from doorsync.domain.reason import Reason
from doorsync.hub.reasons.old_sentences import converted
from doorsync.hub.sync.models import Holding
from tests.hub.reasons.test_fields import WHY, club, holding, stored

__all__ = ["club", "holding"]


def test_old_sentences_become_texts_and_codes_stay(holding: Holding) -> None:
    step = converted("sync_holding", "refusal", 200).code
    with connection.schema_editor() as editor:
        step(StateApps([], {}), editor)
    assert Holding.objects.get().refusal == WHY
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_holding SET refusal = %s", ['The "old" sentence.'])
    with connection.schema_editor() as editor:
        step(StateApps([], {}), editor)
    assert stored() == '{"code":"text","parameters":{"text":"The \\"old\\" sentence."}}'
    assert Holding.objects.get().refusal == Reason("text", {"text": 'The "old" sentence.'})

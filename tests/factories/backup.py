"""A backup of the whole database that a test takes, and puts back later as an operator would."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django_scopes import scopes_disabled

from doorsync.hub.sync.models.holding_counts import HoldingCount


class Backup:
    """Every row of every table as it is now."""

    def __init__(self) -> None:
        with scopes_disabled():
            self.rows = {model: list(model._base_manager.all()) for model in _models()}

    def restore(self) -> None:
        """What came since is gone; nothing in the database tells that it ever was."""
        with scopes_disabled():
            for model in _models():
                model._base_manager.all()._raw_delete(using="default")
            for model, rows in self.rows.items():
                model._base_manager.bulk_create(rows)


def _models() -> list[type[models.Model]]:
    """All but the counts of holdings: the database counts what is put back by itself."""
    ours = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("doorsync.")]
    return [model for model in ours if model is not HoldingCount]

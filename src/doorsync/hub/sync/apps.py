"""The Django app of sync."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SyncConfig(AppConfig):
    """Registers the app, connects its receivers to the signals of lower apps, and lets each migration keep the triggers."""

    name = "doorsync.hub.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from doorsync.hub.sync import signal_handlers  # noqa: F401  # imported for its receivers
        from doorsync.hub.sync.holdings.counters import keep_counting

        post_migrate.connect(keep_counting, sender=self)

"""The Django app of sync."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Registers the app, and connects its receivers to the signals of lower apps."""

    name = "doorsync.hub.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from doorsync.hub.sync import signal_handlers  # noqa: F401  # imported for its receivers

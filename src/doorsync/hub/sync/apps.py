"""The Django app of this room."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Registers the room under its own name, and listens to the rooms below."""

    name = "doorsync.hub.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from doorsync.hub.sync import signal_handlers  # noqa: F401  # imported for its receivers

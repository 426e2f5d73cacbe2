"""The Django app of this room."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.users"
    label = "users"
    default_auto_field = "django.db.models.BigAutoField"

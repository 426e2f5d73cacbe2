"""The Django app of identity providers."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.providers"
    label = "providers"
    default_auto_field = "django.db.models.BigAutoField"

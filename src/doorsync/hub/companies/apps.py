"""The Django app of this room."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Registers the room under its own name."""

    name = "doorsync.hub.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"

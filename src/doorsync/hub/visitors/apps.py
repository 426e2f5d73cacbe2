"""The Django app of visitors."""

from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    """Registers the app under its own label."""

    name = "doorsync.hub.visitors"
    label = "visitors"
    default_auto_field = "django.db.models.BigAutoField"

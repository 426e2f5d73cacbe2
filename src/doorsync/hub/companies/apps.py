"""The Django app of companies."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CompaniesConfig(AppConfig):
    """Registers the app, and checks texts on their way into the database."""

    name = "doorsync.hub.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Look at the texts of each connection's statements; give the trail its keys, which come from the master key."""
        from doorsync.hub.audit import trail_keys
        from doorsync.hub.companies.text_checks import watch_statements
        from doorsync.hub.companies.vault import audit_key

        connection_created.connect(watch_statements, dispatch_uid="storable")
        trail_keys.provide_keys(audit_key)

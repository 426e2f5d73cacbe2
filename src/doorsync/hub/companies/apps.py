"""The Django app of companies."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CompaniesConfig(AppConfig):
    """Registers the app, and checks texts on their way into the database."""

    name = "doorsync.hub.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set connections up, look at the texts of their statements, and give the trail its keys, made of the master key."""
        from doorsync.hub.audit import trail_keys
        from doorsync.hub.companies.database_sessions import turn_jit_off
        from doorsync.hub.companies.text_checks import watch_statements
        from doorsync.hub.companies.vault import audit_key

        connection_created.connect(turn_jit_off, dispatch_uid="jit")
        connection_created.connect(watch_statements, dispatch_uid="storable")
        trail_keys.provide_keys(audit_key)

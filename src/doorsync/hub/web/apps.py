"""The Django app of this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the pages' templates, tags and static files."""

    name = "doorsync.hub.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Show the parts of the sync pages in the style guide."""
        from doorsync.hub.ui.styleguide import add_samples
        from doorsync.hub.web.sync.samples import samples

        add_samples("sync/sync.css", *samples())

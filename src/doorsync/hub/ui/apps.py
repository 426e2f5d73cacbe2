"""The Django app of this room."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the room under its own name, and its parts in the style guide."""

    name = "doorsync.hub.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Show what every room can use."""
        from doorsync.hub.ui import samples
        from doorsync.hub.ui.styleguide import Sample, add_samples

        add_samples(
            "",
            *(
                Sample(name=name, template=f"ui/samples/{name.lower()}.html")
                for name in ("Colours", "Type", "Buttons", "Fields", "Notices", "States", "Figures", "Progress", "Empty")
            ),
            *samples.with_data(),
        )

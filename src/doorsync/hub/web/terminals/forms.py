"""The forms of terminals and agents."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.companies.models import Location
from doorsync.hub.terminals.addresses import shown_address
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.ui.forms import StyledForm


def makes_here() -> list[str]:
    """The makes that come with Doorsync; an agent may have more."""
    return sorted({point.name for point in entry_points(group="doorsync.drivers")})


class TerminalForm(StyledForm):
    """Where a terminal is, and how its agent reaches it."""

    name = forms.CharField(max_length=100, label=_("Name"), help_text=_("As people call the door: Front door, Pool."))
    location: forms.ModelChoiceField[Location] = forms.ModelChoiceField(queryset=None, label=_("Location"), empty_label=None)
    agent: forms.ModelChoiceField[Agent] = forms.ModelChoiceField(
        queryset=None, label=_("Agent"), empty_label=None, help_text=_("The agent in whose network the terminal is.")
    )
    make = forms.CharField(
        max_length=40,
        label=_("Make"),
        validators=[RegexValidator(r"\A[a-z0-9-]+\Z", _("Small letters, digits and hyphens, as the agent names its makes."))],
    )
    address = forms.CharField(
        max_length=200, label=_("Address"), help_text=_("In the agent's network, such as 192.168.1.20:4370.")
    )

    def __init__(self, *args: Any, administrator: Administrator, terminal: Terminal | None = None, **kwargs: Any) -> None:
        if terminal:
            names = ("name", "location", "agent", "make")
            kwargs["initial"] = {name: getattr(terminal, name) for name in names} | {"address": shown_address(terminal.address)}
        super().__init__(*args, **kwargs)
        self.terminal, limit = terminal, location_limit(administrator)
        locations = Location.objects.all() if limit is None else Location.objects.filter(pk__in=limit)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]  # of this field
        self.fields["agent"].queryset = Agent.objects.order_by("name")  # type: ignore[attr-defined]  # of this field
        self.fields["make"].widget.attrs |= {"list": "makes", "autocomplete": "off", "spellcheck": "false"}
        self.fields["address"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_address(self) -> str:
        """An address left as it was shown keeps what is not shown of it."""
        given: str = self.cleaned_data["address"]
        if self.terminal and given == shown_address(self.terminal.address):
            return self.terminal.address
        return given

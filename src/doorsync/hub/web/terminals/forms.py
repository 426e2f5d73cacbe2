"""The form of a terminal. What it asks besides name and place, its make says: an address, a secret, settings of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.domain.cards import Readers
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.companies.models import Location
from doorsync.hub.terminals.addresses import shown_address
from doorsync.hub.terminals.connection import LONGEST_SECRET, known_makes
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.ui.forms import NameField, StyledForm
from doorsync.messages.make_info import MakeInfo, MakeOption

OPTION = "option_"
READERS = (
    (Readers.AS_IS, gettext_lazy("the number as it is kept here")),
    (Readers.FACILITY, gettext_lazy("facility code times 100000, plus number (26-bit readers)")),
    (Readers.BITS_24, gettext_lazy("24 bits at most (26-bit readers)")),
    (Readers.BITS_32, gettext_lazy("32 bits at most (34-bit readers)")),
    (Readers.REVERSED_3, gettext_lazy("3 bytes in reverse order")),
    (Readers.REVERSED_4, gettext_lazy("4 bytes in reverse order")),
    (Readers.REVERSED_7, gettext_lazy("7 bytes in reverse order")),
)


class TerminalForm(StyledForm):
    """Where a terminal is, and how its agent reaches it. `info` is what its agent says of its make, if it knows that."""

    name = NameField(
        max_length=100, label=gettext_lazy("Name"), help_text=gettext_lazy("As people call the door: Front door, Pool.")
    )
    location: forms.ModelChoiceField[Location] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Location"), empty_label=None
    )
    agent: forms.ModelChoiceField[Agent] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Agent"),
        empty_label=None,
        help_text=gettext_lazy("The agent in whose network the terminal is."),
    )
    make = forms.CharField(
        max_length=40,
        label=gettext_lazy("Make"),
        validators=[
            RegexValidator(r"\A[a-z0-9-]+\Z", gettext_lazy("Small letters, digits and hyphens, as the agent names its makes."))
        ],
    )
    address = forms.CharField(max_length=200, label=gettext_lazy("Address"))
    readers = forms.ChoiceField(
        choices=READERS,
        required=False,
        label=gettext_lazy("How its readers show a card"),
        help_text=gettext_lazy(
            "A card is kept as one number, and each door is given what its readers show of it. A card that they cannot show "
            "whole is refused there: two cards are never the same."
        ),
    )

    def __init__(
        self,
        *args: Any,
        administrator: Administrator,
        terminal: Terminal | None = None,
        info: MakeInfo | None = None,
        **kwargs: Any,
    ) -> None:
        if terminal:
            names = ("name", "location", "agent", "make", "readers")
            kwargs["initial"] = {name: getattr(terminal, name) for name in names} | {"address": shown_address(terminal.address)}
        super().__init__(*args, **kwargs)
        self.terminal, self.info, limit = terminal, info, location_limit(administrator)
        locations = Location.objects.all() if limit is None else Location.objects.filter(pk__in=limit)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]  # of this field
        self.fields["agent"].queryset = Agent.objects.order_by("name")  # type: ignore[attr-defined]  # of this field
        self.fields["make"].widget.attrs |= {"list": "makes", "autocomplete": "off", "spellcheck": "false"}
        self.fields["address"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        example = info.address if info else "192.168.1.20:4370"
        self.fields["address"].help_text = _("In the agent's network, such as %(example)s") % {"example": example}
        if info:
            self._add_fields_of(info)

    def _add_fields_of(self, info: MakeInfo) -> None:
        if info.secret:
            self.fields["secret"] = _secret_field(info.secret, kept=bool(self.terminal and self.terminal.sealed_secret))
        present = self.terminal.options if self.terminal and self.terminal.make == info.name else {}
        for option in info.options:
            self.fields[OPTION + option.name] = _option_field(option, present.get(option.name, option.default))
        if self.terminal is None:
            for name in ("agent", "make"):  # chosen on the page before
                self.fields[name].widget = forms.HiddenInput()

    def clean_address(self) -> str:
        """An address left as it was shown keeps what is not shown of it."""
        given: str = self.cleaned_data["address"]
        if self.terminal and given == shown_address(self.terminal.address):
            return self.terminal.address
        return given

    def clean(self) -> dict[str, Any]:
        """A secret is for one device: whoever is reached otherwise is not given it."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.terminal and self.terminal.sealed_secret and "secret" in self.fields and not given.get("secret"):
            present = {name: getattr(self.terminal, name) for name in ("agent", "make", "address")}
            if any(name in given and given[name] != value for name, value in present.items()):
                self.add_error("secret", _("Type it again: another device may answer there, and is not given this one."))
        return given

    @property
    def options(self) -> dict[str, str]:
        """The settings of the make, once the form is valid; none where another make was chosen meanwhile."""
        if self.info is None or self.cleaned_data["make"] != self.info.name:
            return {}
        return {
            name.removeprefix(OPTION): value for name, value in self.cleaned_data.items() if name.startswith(OPTION) and value
        }

    @property
    def chosen_readers(self) -> Readers:
        """How its readers show cards, once the form is valid. A form without the field changes nothing."""
        left_out = "readers" not in self.data and self.terminal
        return self.terminal.card_readers if left_out and self.terminal else Readers(self.cleaned_data["readers"])

    @property
    def place(self) -> dict[str, Any]:
        """Location, agent, make and address, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("location", "agent", "make", "address")}


def info_of(agent: Agent | None, make: str) -> MakeInfo | None:
    """What this agent says of a make; None where it has said nothing."""
    return known_makes(agent).get(make) if agent else None


def _secret_field(title: str, *, kept: bool) -> forms.CharField:
    field = forms.CharField(required=False, max_length=LONGEST_SECRET, strip=False, label=title)
    field.widget = forms.PasswordInput(attrs={"autocomplete": "off", "class": "input"})
    field.help_text = _("One is set. Leave this empty to keep it.") if kept else _("It is kept sealed, and never shown again.")
    return field


def _option_field(option: MakeOption, value: str) -> forms.Field:
    if option.choices:
        choices = [(each, each) for each in option.choices]
        chosen = forms.ChoiceField(required=False, choices=choices, label=option.title, initial=value)
        chosen.widget.attrs["class"] = "input"
        return chosen
    typed = forms.CharField(required=False, max_length=200, label=option.title, initial=value)
    typed.widget.attrs |= {"class": "input", "autocomplete": "off"}
    return typed

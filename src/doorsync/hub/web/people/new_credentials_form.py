"""The credentials that a new person gets at once. What was typed into these fields is never shown again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import StyledForm
from doorsync.hub.users.credential_kinds import CARD, PIN

LONGEST = 200


class NewCredentialsForm(StyledForm):
    """Named as the columns of a file are, where faults are told."""

    cards = forms.CharField(
        label=_("Card"),
        required=False,
        max_length=LONGEST,
        help_text=_("The number of the card, in decimal."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        required=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
    )

    def said(self, chosen: Callable[[str], str]) -> dict[str, frozenset[str]]:
        """By kind, only those that were filled in. `chosen` makes a card of what was typed, as `chosen_card` does."""
        given = {CARD.name: chosen(self.cleaned_data["cards"]), PIN.name: self.cleaned_data["pin"]}
        return {kind: frozenset([value]) for kind, value in given.items() if value}

    def tell(self, faults: Mapping[str, str]) -> None:
        """Show these faults at their fields, and forget what was typed there."""
        for name, text in faults.items():
            self.add_error(name, text)

    @property
    def emptied(self) -> list[forms.BoundField]:
        """The fields as they are drawn: a card number is asked for anew after a fault elsewhere."""
        self.fields["cards"].widget.format_value = lambda _value: None
        return [self["cards"], self["pin"]]

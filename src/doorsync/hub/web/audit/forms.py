"""What is looked for in the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.ui.forms import StyledForm
from doorsync.hub.web.audit.entries import Sought


class AuditForm(StyledForm):
    """Sent with GET, so that the address says what is shown."""

    event = forms.CharField(
        required=False,
        max_length=64,
        label=_("Event begins with"),
        validators=[RegexValidator(r"\A[a-z.-]*\Z", _("Events are written like terminal.changed"))],
        widget=forms.TextInput(attrs={"placeholder": "terminal.", "autocomplete": "off", "spellcheck": "false"}),
    )
    who: forms.ModelChoiceField[Administrator] = forms.ModelChoiceField(
        queryset=None, required=False, label=_("Who"), empty_label=_("everybody")
    )
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    before = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = Administrator.objects.order_by("username")  # type: ignore[attr-defined]  # of this field

    @property
    def sought(self) -> Sought:
        """What was given rightly; nothing where the form is wrong."""
        given = self.cleaned_data if self.is_valid() else {}
        who = given.get("who")
        return Sought(
            event=given.get("event") or "",
            administrator=who.pk if who else None,
            since=given.get("since"),
            until=given.get("until"),
            before=given.get("before"),
        )

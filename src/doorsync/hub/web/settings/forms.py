"""The forms of a company's settings. What a company file may say, these may say: both are checked by the same rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as Refused

from doorsync.hub.companies.models import Company
from doorsync.hub.events.models import EventSettings
from doorsync.hub.imports.schema import CompanySection
from doorsync.hub.ui.forms import NameField, StyledForm
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.models import NAME_LENGTH, InfoField

LISTS = ("frame_origins", "return_urls")
FLAGS = ("demands_second_factor", "automatic_starts", "branches", "question_marks")
NUMBERS = ("token_seconds", "guard_people", "guard_percent")


FUNCTIONS = {
    "external_id": gettext_lazy("the id in your own software (wsAltUserId)"),
    "email": gettext_lazy("the e-mail address"),
    "phone": gettext_lazy("the phone number"),
}


class CompanyForm(StyledForm):
    """Everything of a company that is changed by typing and without a risk of its own."""

    name = NameField(max_length=200, label=gettext_lazy("Name of the company"))
    token_seconds = forms.IntegerField(
        min_value=60,
        max_value=600,
        label=gettext_lazy("Life of a sign-in link, in seconds"),
        help_text=gettext_lazy("60 to 600. A link works once."),
    )
    guard_people = forms.IntegerField(
        min_value=0,
        max_value=1_000_000,
        label=gettext_lazy("Removals from one door without a typed number: people"),
        help_text=gettext_lazy("More than this, and more than the share below, waits until somebody has typed how many."),
    )
    guard_percent = forms.IntegerField(min_value=0, max_value=100, label=gettext_lazy("and percent of those whom it holds"))
    demands_second_factor = forms.BooleanField(
        required=False,
        label=gettext_lazy("Everybody who signs in with a password needs a second factor"),
        help_text=gettext_lazy(
            "An authenticator app or a passkey. Whoever has none sets one up at their next sign-in, before anything else. "
            "Programs and sign-in links are not asked for one."
        ),
    )
    automatic_starts = forms.BooleanField(
        required=False,
        label=gettext_lazy("Starts and longer stays go out by themselves"),
        help_text=gettext_lazy("Otherwise they wait for the next sync. What takes access away always goes out by itself."),
    )
    frame_origins = forms.CharField(
        required=False,
        label=gettext_lazy("Sites that may show the sync pages in a frame"),
        help_text=gettext_lazy("One on a line, such as https://frontdesk.example.com"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    return_urls = forms.CharField(
        required=False,
        label=gettext_lazy("Addresses that a run may lead back to"),
        help_text=gettext_lazy("One on a line, such as https://frontdesk.example.com/back"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    branches = forms.BooleanField(
        required=False,
        label=gettext_lazy("Users and groups belong to locations (type Branches)"),
        help_text=gettext_lazy("For programs that were written for such a company."),
    )
    question_marks = forms.BooleanField(
        required=False,
        label=gettext_lazy("Programs write ? for letters that they do not know"),
        help_text=gettext_lazy("Letters beyond Western European become question marks when a program writes them."),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(company, name) for name in ("name", *NUMBERS, *FLAGS)}
        kwargs["initial"] |= {name: "\n".join(getattr(company, name)) for name in LISTS}
        super().__init__(*args, **kwargs)
        self.company = company

    def clean(self) -> dict[str, Any]:
        """Lists become lists, and each line is checked as one of a company file is."""
        data = super().clean() or self.cleaned_data
        for name in LISTS:
            data[name] = list(dict.fromkeys(line.strip() for line in data.get(name, "").splitlines() if line.strip()))
            try:
                CompanySection(slug="company", name="company", **{name: data[name]})
            except Refused as error:
                self.add_error(name, " ".join(each["msg"].removeprefix("Value error, ") for each in error.errors()[:3]))
        return data


class InfoFieldsForm(StyledForm):
    """What each info field is called, and what it stands for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        present = {field.number: field for field in InfoField.objects.all()}
        super().__init__(*args, **kwargs)
        functions = [("", _("nothing else")), *((value, str(FUNCTIONS[value])) for value in InfoField.Function.values)]
        for number in range(1, len(INFO) + 1):
            kept = present.get(number)
            label = forms.CharField(required=False, max_length=NAME_LENGTH)
            stands = forms.ChoiceField(required=False, choices=functions)
            label.label = _("Info field %(number)s is called") % {"number": number}
            stands.label = _("Info field %(number)s stands for") % {"number": number}
            label.initial, stands.initial = (kept.label, kept.function) if kept else ("", "")
            label.widget.attrs["class"] = stands.widget.attrs["class"] = "input"
            self.fields[f"label{number}"], self.fields[f"function{number}"] = label, stands
        self.present = present

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Label and function of each, to be drawn side by side."""
        return [(self[f"label{number}"], self[f"function{number}"]) for number in range(1, len(INFO) + 1)]

    def changed(self) -> list[tuple[int, str, str]]:
        """Number, label and function of those that differ from what is kept; those that give a function up come first."""
        found = []
        for number in range(1, len(INFO) + 1):
            kept = self.present.get(number)
            wished = (self.cleaned_data[f"label{number}"], self.cleaned_data[f"function{number}"])
            if wished != ((kept.label, kept.function) if kept else ("", "")):
                found.append((number, *wished))
        return sorted(found, key=lambda each: bool(each[2]))

    def clean(self) -> dict[str, Any]:
        """No two stand for the same."""
        data = super().clean() or self.cleaned_data
        taken = [value for name, value in data.items() if name.startswith("function") and value]
        if len(taken) != len(set(taken)):
            raise ValidationError(_("Two info fields stand for the same. Each function can be given once."))
        return data


class EventsForm(StyledForm):
    """How long the access log is kept, and what becomes of it in terminals."""

    keep_months = forms.TypedChoiceField(
        choices=EventSettings.Retention.choices, coerce=int, label=gettext_lazy("The access log is kept")
    )
    clear_terminals = forms.BooleanField(
        required=False,
        label=gettext_lazy("Terminals forget what Doorsync has"),
        help_text=gettext_lazy("Their logs are emptied once everything in them was taken over."),
    )
    terminal_names = forms.BooleanField(
        required=False, label=gettext_lazy("Programs get the names of terminals, not their serial numbers")
    )

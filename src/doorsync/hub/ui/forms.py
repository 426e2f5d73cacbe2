"""Forms as all pages draw them: with `ui/parts/field.html`, which ties hints and errors to their field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from doorsync.domain.text import bad_character, is_visible, normalized_text

CLASSES = {forms.CheckboxInput: "", forms.CheckboxSelectMultiple: "", forms.RadioSelect: "", forms.FileInput: "file"}


class StyledForm(forms.Form):
    """Its controls carry the classes of the style sheets; labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.style()

    def style(self) -> None:
        """Call it again after fields were added."""
        for field in self.fields.values():
            name = next((CLASSES[kind] for kind in type(field.widget).__mro__ if kind in CLASSES), "input")
            if name:
                field.widget.attrs.setdefault("class", name)


class NameField(forms.CharField):
    """The name of something, in the one form in which names are kept and compared, also in files."""

    def to_python(self, value: Any) -> str:
        """Without what no name has at its ends."""
        return normalized_text(super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        """Raises ValidationError."""
        super().validate(value)
        if value and not is_visible(value):
            raise ValidationError(_("It has no letter that can be seen."))
        if bad := bad_character(value):
            raise ValidationError(_("It has a character that cannot be kept: %(bad)s. Delete it.") % {"bad": bad})


class CodeInput(forms.TextInput):
    """For a one-time code: phones show the number pad and offer the code; what was typed is not shown again."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        known = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__({"class": "input", **known, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:  # noqa: ARG002 - the name and shape of Django
        """Nothing."""
        return None


class OneOf(forms.ModelChoiceField):  # type: ignore[type-arg]  # its type stands where it is used
    """A row of a table, or none. An id that no database could hold is as unknown as one that is not there."""

    def clean(self, value: Any) -> Any:
        """Raises ValidationError."""
        try:
            return super().clean(value)
        except OverflowError as error:  # of SQLite
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""}) from error


class ManyOf(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # its type stands where it is used
    """Some rows of a table. An id that no database could hold is as unknown as one that is not there."""

    def clean(self, value: Any) -> Any:
        """Raises ValidationError."""
        try:
            return super().clean(value)
        except OverflowError as error:  # of SQLite
            told = {"value": max(map(str, value), key=len)[:20]}
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params=told) from error

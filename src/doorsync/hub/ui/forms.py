"""Forms as all pages draw them: with `ui/parts/field.html`, which ties hints and errors to their field."""

from __future__ import annotations

from typing import Any

from django import forms

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

"""The input for a date or a time of day."""

from __future__ import annotations

from typing import Any

from django import forms


class MomentInput(forms.TextInput):
    """An input of the type `date` or `time`, which HTML gives no greatest length; the field still has one."""

    def __init__(self, kind: str) -> None:
        super().__init__(attrs={"type": kind})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The context without `maxlength`."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("maxlength", None)
        return context

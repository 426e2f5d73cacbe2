"""A list of hundreds of choices. Django draws each of them with a template of its own, which took most of the time of a page."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones that this machine knows, in the order of their names. To find them reads hundreds of files."""
    return tuple(sorted(available_timezones()))


class LongSelect(forms.Select):
    """A `<select>` without groups of options, as Django's own."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - no template
        """Its HTML."""
        widget = self.get_context(name, value, attrs)["widget"]
        chosen = mark_safe(" selected")
        rows = ((each["value"], chosen if each["selected"] else "", each["label"]) for _, [each], _ in widget["optgroups"])
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', rows)
        return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options)

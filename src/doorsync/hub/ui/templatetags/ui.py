"""Our own drawings, inline, hidden from screen readers since a word stands beside them; states, and numbers."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doorsync.hub.ui.icons import STROKES

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing of this name."""
    return format_html(
        '<svg class="icon" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/></svg>', STROKES[name]
    )


@register.simple_tag
def state_mark(tone: str, icon_name: str, word: object) -> SafeString:
    """A state in colour, icon and word. `tone` is good, wait, bad, busy or nothing."""
    return format_html('<span class="state {}">{}<span>{}</span></span>', tone, icon(icon_name), word)


@register.filter
def grouped(number: int) -> str:
    """`2,104`, as the language of the page groups digits."""
    return number_format(number, use_l10n=True, force_grouping=True)

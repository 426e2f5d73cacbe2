"""QR codes as pages show them."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str) -> SafeString:
    """An SVG to stand in a page, as large as its place; with a light margin, so that it can be read on a dark page too."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(scale=8, omitsize=True, light="#fff")
    return mark_safe(drawn)  # noqa: S308 - the library draws; the text itself is not in it

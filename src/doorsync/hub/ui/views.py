"""The style guide: each part of the pages, in light and in dark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from doorsync.hub.ui.styleguide import SAMPLES, SHEETS, Sample


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all parts with sample data; it holds nothing of any company."""
    parts = [(sample.name, [(scheme, _drawn(sample, scheme)) for scheme in ("light", "dark")]) for sample in SAMPLES]
    return render(request, "ui/styleguide.html", {"parts": parts, "sheets": SHEETS})


def _drawn(sample: Sample, scheme: str) -> SafeString:
    return render_to_string(sample.template, {**sample.data(), "scheme": scheme})

"""The style guide: each part of the pages, in light and in dark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from doorsync.hub.ui.styleguide import SAMPLES, SHEETS, Sample


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all parts with sample data; it holds nothing of any company."""
    parts = [
        (sample.name, [(scheme, _drawn(sample, n, scheme)) for scheme in ("light", "dark")]) for n, sample in enumerate(SAMPLES)
    ]
    return render(request, "ui/styleguide.html", {"parts": parts, "sheets": SHEETS})


def _drawn(sample: Sample, number: int, scheme: str) -> SafeString:
    """`nth` ends the ids in a part, since here it stands on the page more than once."""
    return render_to_string(sample.template, {**sample.data(), "scheme": scheme, "nth": f"-{number}-{scheme}"})

"""The demo's people: one CSV file as the terminals hold them, and one as they are now; both for the product's importer."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib.resources import files

DAYS = re.compile(r"\+(\d+)d\b")  # so many days after the demo's first one


def people_before(first_day: date) -> str:
    """The file of the people whom the terminals are told of first."""
    return _file("people-before.csv", first_day)


def people_after(first_day: date) -> str:
    """The file of the people as they are now: some are new, some changed, some left."""
    return _file("people-after.csv", first_day)


def _file(name: str, first_day: date) -> str:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return DAYS.sub(lambda found: (first_day + timedelta(days=int(found[1]))).isoformat(), text)

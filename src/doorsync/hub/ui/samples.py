"""Made-up data for those parts of the style guide that need some."""

from __future__ import annotations

from typing import Any

from doorsync.hub.ui.styleguide import Sample


def with_data() -> list[Sample]:
    """The parts, each with a function that fills it."""
    return [
        Sample(name="Table with pages", template="ui/samples/table.html", data=_table),
        Sample(name="Filters", template="ui/samples/filters.html", data=_filters),
        Sample(name="Tabs", template="ui/samples/tabs.html", data=_tabs),
        Sample(name="Confirmation", template="ui/samples/confirmation.html", data=_confirmation),
    ]


def _table() -> dict[str, Any]:
    return {"pages": {"first": 51, "last": 100, "total": 2104, "earlier": "#main", "later": "#main"}}


def _filters() -> dict[str, Any]:
    chips = [{"text": text, "address": "#main", "chosen": text == "suspended"} for text in ("active", "suspended", "expired")]
    return {"label": "State", "chips": chips}


def _tabs() -> dict[str, Any]:
    tabs = [{"text": text, "address": "#main", "chosen": text == "Doors"} for text in ("Details", "Credentials", "Doors")]
    return {"label": "Anna de Vries", "tabs": tabs}


def _confirmation() -> dict[str, Any]:
    return {
        "explained": ["They go out of all doors at once. This cannot be undone."],
        "word": "Vries",
        "problem": "That is not Vries.",
        "button": "Delete",
        "grave": True,
        "back": "#main",
    }

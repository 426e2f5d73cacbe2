"""What was kept of each version: who was in the company, and where it lies. Never change what old folders were made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "kept"
TERMINALS = {"Gate": "North", "Pool": "South"}
PEOPLE: list[dict[str, Any]] = [
    {"id": "1", "first_name": "Alice", "last_name": "Ahlström", "cards": ["1001"], "pin": "4711", "groups": ["Members"]},
    {"id": "2", "first_name": "Bob", "last_name": "Bauer", "cards": ["1002"], "groups": ["Members"]},
    {"id": "3", "first_name": "Chloé", "last_name": "Černá", "groups": ["Members"], "expires": "2099-12-31"},
]

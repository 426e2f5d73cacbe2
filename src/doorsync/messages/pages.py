"""Where the page courier's loop lives, in JavaScript: pages of the hub run it, and so does the page that an agent serves."""

from __future__ import annotations

from pathlib import Path

CARRYING = Path(__file__).parent / "carrying"

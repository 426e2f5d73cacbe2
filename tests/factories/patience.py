"""How long tests wait for what must come. Long, because a busy machine is slow: no promise in seconds is measured with it."""

from __future__ import annotations

PATIENCE = 60.0  # seconds

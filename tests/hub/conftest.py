"""Settings that a test changes for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from doorsync.hub.settings.config import config


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`setting(PUBLIC_URL="https://...")`: as if the operator had set it before the start."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"DOORSYNC_{name}", value)
        config.cache_clear()

    yield change
    monkeypatch.undo()
    config.cache_clear()

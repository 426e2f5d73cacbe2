"""Whether the hub can work with its data folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doorsync.hub.entry import readiness


def test_root_keeps_out_of_the_folder_of_another_account(
    tmp_path: Path, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(DATA=str(tmp_path))
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(readiness.NotReady, match="not as root"):
        readiness.check_folder()
    assert list(tmp_path.iterdir()) == []

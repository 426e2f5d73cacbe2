"""Where settings come from: a secret from a file, also from one that systemd hands in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import SettingsError

from doorsync.hub.settings.config import config

URL = "postgresql://doorsync:secret@db.example.com/doorsync"


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DOORSYNC_DATABASE_URL", "")
    config.cache_clear()
    yield
    config.cache_clear()


def test_a_file_stands_in_for_the_database_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "database").write_text(f"{URL}\n")
    monkeypatch.setenv("DOORSYNC_DATABASE_URL_FILE", str(tmp_path / "database"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "elsewhere"))

    assert config().database_url.get_secret_value() == URL


def test_a_bare_name_is_a_credential_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "database").write_text(URL)
    monkeypatch.setenv("DOORSYNC_DATABASE_URL_FILE", "database")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert config().database_url.get_secret_value() == URL


def test_an_empty_file_does_not_pass_for_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit hands in an empty one where the real one is missing; the hub must not begin a new database then."""
    (tmp_path / "database").write_text("\n")
    monkeypatch.setenv("DOORSYNC_DATABASE_URL_FILE", "database")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    with pytest.raises(SettingsError, match="is empty"):
        config()

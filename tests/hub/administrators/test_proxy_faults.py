"""What a proxy does wrong is told once in a while, and whatever came from outside is fit for a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from doorsync.hub.administrators import proxy_faults
from doorsync.hub.administrators.proxy_faults import FEW, LONGEST, close_to_ours, recent_faults, shown_text, wrong_host


@pytest.fixture(autouse=True)
def folder(setting: Callable[..., None], tmp_path: Path) -> Iterator[Path]:
    setting(DATA=str(tmp_path), PUBLIC_URL="https://hub.example.com")
    proxy_faults._told.clear()
    yield tmp_path
    proxy_faults._told.clear()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("evil.example:80", "evil.example:80"),
        ("a\nINFO all is well\x1b[31m", "a?INFO?all?is?well?[31m"),
        ("<script>", "?script?"),
        ("", "(none)"),
        ("a" * (LONGEST + 1), "a" * LONGEST + "..."),
    ],
)
def test_what_came_from_outside_is_shown_without_what_a_log_or_page_obeys(text: str, shown: str) -> None:
    assert shown_text(text) == shown


def test_made_up_hosts_fill_neither_log_nor_file() -> None:
    with capture_logs() as logged:
        for number in range(3 * FEW):
            wrong_host(f"{number}.example.com")
            wrong_host(f"{number}.example.com")
    assert len(logged) == len(recent_faults()) == FEW


def test_file_that_somebody_damaged_tells_nothing(folder: Path) -> None:
    wrong_host("evil.example")
    assert "evil.example" in recent_faults()[0]
    for text in ("{", "[]", '{"a": 1}', '{"a": "soon"}'):
        (folder / "proxy-faults.json").write_text(text)
        assert recent_faults() == []


@pytest.mark.parametrize(
    ("origin", "close"),
    [
        ("http://hub.example.com", True),
        ("https://hub.example.com:8443", True),
        ("https://evil.example", False),
        ("https://hub.example.com.evil.example", False),
        ("null", False),
        ("https://[", False),
    ],
)
def test_only_our_own_name_under_another_scheme_or_port_is_close(origin: str, close: bool) -> None:
    assert close_to_ours(origin) is close

"""A QR code in a page: drawn, with nothing of its text as markup."""

from __future__ import annotations

from doorsync.hub.web.qr_codes import qr_code


def test_text_is_drawn_and_not_written() -> None:
    drawn = qr_code("</svg><script>alert(1)</script>")
    assert drawn.startswith("<svg")
    assert drawn.count("</svg>") == 1
    assert "script" not in drawn
    assert "width=" not in drawn.split(">")[0]

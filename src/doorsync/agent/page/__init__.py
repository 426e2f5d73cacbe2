"""The page of the reverse courier, and the files it needs. Static: looking at it changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from doorsync.messages.pages import CARRYING

HERE = Path(__file__).parent
PAGE = "/courier"
FILES = {
    "page.js": HERE / "page.js",
    "page.css": HERE / "page.css",
    "asking.js": CARRYING / "asking.js",
    "courier.js": CARRYING / "courier.js",
}
KINDS = {".js": "text/javascript", ".css": "text/css"}
PATHS = frozenset({PAGE, *(f"{PAGE}/{name}" for name in FILES)})
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OWN = {"Cross-Origin-Resource-Policy": "same-origin"}  # not for the page: the hub's pages look whether it is there, unread


def routes(hubs: Collection[str]) -> list[Route]:
    """The page, which speaks with these origins and this agent only, and its files."""
    found = [_fixed(PAGE, _page(hubs), "text/html", {"Content-Security-Policy": _policy(hubs)})]
    return [*found, *(_fixed(f"{PAGE}/{name}", path.read_text(), KINDS[path.suffix], OWN) for name, path in FILES.items())]


def _fixed(path: str, text: str, kind: str, more: dict[str, str]) -> Route:
    async def answer(_request: object) -> Response:
        return Response(text, media_type=kind, headers={**HEADERS, **more})

    return Route(path, answer, methods=["GET"])


def _page(hubs: Collection[str]) -> str:
    return (HERE / "page.html").read_text().replace("{hubs}", escape(" ".join(sorted(set(hubs)))))


def _policy(hubs: Collection[str]) -> str:
    connect = " ".join(["connect-src 'self'", *sorted(set(hubs))])
    fixed = "script-src 'self'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; {connect}; {fixed}"

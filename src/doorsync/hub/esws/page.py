"""The page for people who open the service's address in a browser: what it is, and where a program finds the rest."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from hashlib import sha256
from html import escape

from doorsync.hub.esws.declarations import Operation

STYLE = (
    ":root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif;background:Canvas;color:CanvasText}"
    "body{max-width:42rem;margin:0 auto;padding:2rem 1rem;overflow-wrap:anywhere}h1,h2{line-height:1.25}"
)
STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page(operations: Mapping[str, Operation], address: str) -> bytes:
    """The whole page."""
    link = escape(address)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>ESWS service - Doorsync</title><style>{STYLE}</style></head>
<body><main>
<h1>ESWS service</h1>
<p>This address is for programs. They call it with SOAP 1.1 (RPC/encoded), by POST to <code>{link}</code>.</p>
<ul>
<li><a href="{link}?wsdl">WSDL</a></li>
<li><a href="{link}?wsdl=literal">WSDL for clients that do not know RPC/encoded</a> (RPC/literal)</li>
</ul>
<h2>Operations</h2>
<p>When a call is refused, its result is one of the operation's return strings, not a SOAP fault.</p>
<dl>{"".join(_described(each) for each in operations.values())}</dl>
</main></body></html>
""".encode()


def _described(operation: Operation) -> str:
    parameters = ", ".join(each.name for each in operation.parameters)
    strings = "".join(f"<li><code>{escape(text)}</code></li>" for text in operation.return_strings.values())
    about = f"{escape(operation.about)} Return strings:<ul>{strings}</ul>" if strings else escape(operation.about)
    return f"<dt><code>{escape(operation.name)}({escape(parameters)})</code></dt><dd>{about}</dd>"

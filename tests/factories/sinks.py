"""Where a secret could end up, and how it could be written there."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

from django.db import connection

SURE = 6  # letters: fewer of them are now and then in ciphertext by chance


def spellings(secret: str) -> set[bytes]:
    """The secret raw, in hexadecimal, as URLs, HTML and JSON write it, and in base64 at each offset."""
    raw = secret.encode()
    texts = {quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), json.dumps(secret)[1:-1]}
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), *(text.encode() for text in texts)}
    for offset in range(3):
        # The letters that carry bits of this secret alone: those at its ends also carry bits of what stands beside it.
        first, end = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            found.add(encode(bytes(offset) + raw)[first:end])
    assert min(map(len, found)) >= SURE, f"a secret of {len(raw)} bytes is too short: it would be found by chance"
    return found


def database() -> bytes:
    """All that the database holds: the files themselves for SQLite, every row of every table as text for PostgreSQL."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    with connection.cursor() as cursor:
        kept: list[bytes] = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            kept.extend(row[0].encode() for row in cursor.fetchall())
    return b"\n".join(kept)


def leaks(secrets: dict[str, str], sinks: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which secret is in which sink."""
    return [
        (name, sink)
        for name, secret in secrets.items()
        for sink, content in sinks.items()
        if any(spelling in content for spelling in spellings(secret))
    ]

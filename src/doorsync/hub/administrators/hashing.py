"""Password hashing: Argon2id at OWASP's minimum. One lane, because the hub's own limit bounds how many run at once."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 25 ms."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

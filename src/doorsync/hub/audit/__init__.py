"""The append-only trail of who did what. Holds ids, imports nobody."""

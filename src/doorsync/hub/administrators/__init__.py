"""Administrators: sign-in, sync tokens, sync sessions, throttling."""

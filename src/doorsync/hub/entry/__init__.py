"""Addresses, ASGI and start-up: the only room that knows all others."""

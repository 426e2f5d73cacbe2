"""Terminals and agents: address, make, capabilities, state."""

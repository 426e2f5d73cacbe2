"""Doorsync keeps a company's people and the memory of its door terminals the same."""

__version__ = "0.1.0"

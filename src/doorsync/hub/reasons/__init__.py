"""Reasons as the hub keeps them in its tables and says them on its pages."""

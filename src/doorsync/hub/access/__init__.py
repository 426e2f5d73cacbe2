"""Zones, time schedules and access rights."""

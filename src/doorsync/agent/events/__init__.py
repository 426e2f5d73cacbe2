"""Terminals' logs: collected between batches, kept on the disk, and brought to the hub. Deletes nothing that the hub lacks."""

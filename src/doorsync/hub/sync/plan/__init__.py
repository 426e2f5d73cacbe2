"""Plans: what a run would send, for which selection, and what the sync page says about it."""

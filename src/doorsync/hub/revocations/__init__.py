"""Who lost access at which door, when that was read back, and what the agent signed about it."""

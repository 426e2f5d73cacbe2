"""Files that survive a power cut, and locks between processes. Knows nothing of hub, agent or drivers."""

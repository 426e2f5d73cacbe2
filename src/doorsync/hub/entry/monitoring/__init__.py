"""Whether the hub lives, whether it is ready, and its figures for Prometheus; on an address of their own, for operators only."""

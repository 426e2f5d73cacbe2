"""Liveness, readiness and Prometheus metrics of the hub, on an address of their own for operators."""

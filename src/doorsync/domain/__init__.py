"""The rules: what a terminal should hold and when a plan must stop. Pure: no I/O, no framework."""

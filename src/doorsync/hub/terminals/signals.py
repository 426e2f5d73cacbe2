"""What this room says when something changed that decides what a terminal can be known to hold."""

from django.dispatch import Signal

# Sent inside the transaction, in the company's scope, with `terminal` (Terminal, as it is now) and `agent_before` (Agent):
# the terminal is reached otherwise than before, so another device may be there.
terminal_moved = Signal()

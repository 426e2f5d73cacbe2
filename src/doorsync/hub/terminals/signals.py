"""The signal sent when a terminal's address or agent changes, so that what it holds becomes unknown."""

from django.dispatch import Signal

# Sent inside the transaction, in the company's scope, with `terminal` (Terminal, as it is now) and `agent_before` (Agent):
# the terminal is reached otherwise than before, so another device may be there.
terminal_moved = Signal()

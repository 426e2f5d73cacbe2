"""The root of what can go wrong with a virtual terminal itself. What its driver meets is a TerminalError of the contract."""


class VirtualTerminalError(Exception):
    """The virtual terminal cannot do this."""

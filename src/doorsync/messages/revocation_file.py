"""Check a revocation receipt, the file that says who is out of which doors, by what agents signed. Asks no hub."""

TYPE = "doorsync-revocation-receipt"

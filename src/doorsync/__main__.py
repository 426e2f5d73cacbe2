"""`python -m doorsync` is the same as `doorsync`."""

from doorsync.cli import main

main()

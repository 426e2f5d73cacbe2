"""The virtual terminal: a process with its own memory on disk, and the driver that reaches it."""

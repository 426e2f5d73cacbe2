"""ZKTeco terminals with the standalone protocol (port 4370). None was tried by this project: see the README beside this."""

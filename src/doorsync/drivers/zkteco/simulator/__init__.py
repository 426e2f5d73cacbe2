"""An emulator of a ZKTeco terminal on port 4370. It shares no code with the driver, and other programs read and write it too."""

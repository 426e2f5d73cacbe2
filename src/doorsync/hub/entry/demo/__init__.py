"""The demo: a made-up gym with everything it needs, each part a process of its own as in real life. Loopback only."""

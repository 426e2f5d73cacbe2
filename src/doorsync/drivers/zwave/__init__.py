"""Z-Wave locks, through the websocket of Z-Wave JS's server."""

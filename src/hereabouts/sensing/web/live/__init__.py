"""Live values for browsers: server-sent events, and the steps of the map's time slider."""

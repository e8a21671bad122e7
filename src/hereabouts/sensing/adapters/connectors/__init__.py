"""Connectors at work: fetching, running, the addresses of those that are pushed, and back-fill."""

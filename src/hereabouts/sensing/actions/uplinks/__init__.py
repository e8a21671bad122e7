"""Uplinks of devices: received, decoded into observations, decoded again, thrown away in time."""

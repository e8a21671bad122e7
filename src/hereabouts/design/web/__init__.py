"""Addresses of this room: preferences, the council's colours, and refusals as pages."""

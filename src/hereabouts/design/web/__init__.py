"""Addresses of this room: the reader's preferences, the council's colours, and refusals as pages."""

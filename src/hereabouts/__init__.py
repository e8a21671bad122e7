"""Hereabouts: the open platform of one place."""

__version__ = "0.1.0"

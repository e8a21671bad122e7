"""Alerts for everybody: asked for at a place, confirmed by letter, ended at any time."""

"""Checks and generators that keep the project's shape; never shipped."""

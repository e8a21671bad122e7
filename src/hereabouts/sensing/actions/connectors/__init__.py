"""Connectors: set up, switched, and what their runs bring written down."""

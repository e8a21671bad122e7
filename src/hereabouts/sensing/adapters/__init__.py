"""Bindings of standards and outside systems to the actions and queries of sensing."""

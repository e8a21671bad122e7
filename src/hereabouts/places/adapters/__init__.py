"""Bindings of formats to this room: readers of files, tiles, the open API."""

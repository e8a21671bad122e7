"""Devices, uplinks and connectors: what came in and from where."""

from __future__ import annotations

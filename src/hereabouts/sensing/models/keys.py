"""Keys that let devices and gateways write."""

from __future__ import annotations

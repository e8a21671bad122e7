"""Findings and the alerts people subscribe to."""

from __future__ import annotations

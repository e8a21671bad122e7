"""The permissions of this room."""

from __future__ import annotations

from hereabouts.kernel.access import Capability

READ = Capability("journal.read")
"""See every entry, public or not, and whether the chain holds."""
OPERATE = Capability("journal.operate")
"""Decide about deliveries that failed for good."""

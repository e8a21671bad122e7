"""Writes the SensorThings register: creates, changes and deletes, one transaction each.

Source: OGC 18-088, clause 10 (create, update, delete).
"""

from hereabouts.sensing.actions.register.creating import Made, create

__all__ = ["Made", "create"]

"""Writes the SensorThings register: creates, changes and deletes, one transaction each.

Source: OGC 18-088, clause 10 (create, update, delete).
"""

from hereabouts.sensing.actions.register.changing import patch_json, replace, update
from hereabouts.sensing.actions.register.creating import Made, create
from hereabouts.sensing.actions.register.deleting import delete, delete_filtered, link, unlink

__all__ = [
    "Made",
    "create",
    "delete",
    "delete_filtered",
    "link",
    "patch_json",
    "replace",
    "unlink",
    "update",
]

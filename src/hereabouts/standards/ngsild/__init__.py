"""NGSI-LD read: entities in every representation, lists of them, and notifications.

Source: ETSI GS CIM 009 V1.8.1.
"""

from hereabouts.standards.ngsild.documents import Document, parse_document
from hereabouts.standards.ngsild.entities import Attribute, Entity, NotAnEntity, parse_entity

__all__ = [
    "Attribute",
    "Document",
    "Entity",
    "NotAnEntity",
    "parse_document",
    "parse_entity",
]

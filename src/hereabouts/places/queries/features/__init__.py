"""Features of the gazetteer for the open API: pages of any collection, in any box, at any time."""

from hereabouts.places.queries.features.pages import (
    count_features,
    find_feature,
    list_pieces,
    read_page,
)
from hereabouts.places.queries.features.questions import FeatureRow, Page, Position, Question, Span
from hereabouts.places.queries.features.tables import TABLES, Table, find_dataset_box

__all__ = [
    "TABLES",
    "FeatureRow",
    "Page",
    "Position",
    "Question",
    "Span",
    "Table",
    "count_features",
    "find_dataset_box",
    "find_feature",
    "list_pieces",
    "read_page",
]

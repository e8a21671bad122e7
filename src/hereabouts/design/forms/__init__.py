"""Django forms drawn with GOV.UK components."""

from hereabouts.design.forms.bound_field import GovukBoundField
from hereabouts.design.forms.errors import ErrorItem, error_items
from hereabouts.design.forms.fields import DayField, DayWidget
from hereabouts.design.forms.renderer import GovukFormRenderer

__all__ = [
    "DayField",
    "DayWidget",
    "ErrorItem",
    "GovukBoundField",
    "GovukFormRenderer",
    "error_items",
]

"""What the map's own buttons and messages say, in the reader's language."""

from __future__ import annotations

import json

from django.utils.translation import gettext


def map_words() -> str:
    """The texts of a map as JSON, for its `data-words`; the map fills in names in braces."""
    return json.dumps(
        {
            "map": gettext("Map"),
            "zoomIn": gettext("Zoom in"),
            "zoomOut": gettext("Zoom out"),
            "panNorth": gettext("Move north"),
            "panSouth": gettext("Move south"),
            "panWest": gettext("Move west"),
            "panEast": gettext("Move east"),
            "reset": gettext("Back to the start"),
            "list": gettext("List what the map shows"),
            "listHide": gettext("Hide the list"),
            "listEmpty": gettext("Nothing with a name is in view. Zoom in or move the map."),
            "listMore": gettext("and {count} more: zoom in to list them"),
            "streets": gettext("Streets"),
            "premises": gettext("Buildings"),
            "assets": gettext("Street furniture and stops"),
            "places": gettext("Places"),
            "areas": gettext("Areas"),
            "here": gettext("What is here?"),
            "close": gettext("Close"),
            "keys": gettext(
                "Keys: arrows move the map, plus and minus zoom, Enter opens what is under the "
                "cross in the middle."
            ),
            "failed": gettext(
                "The map could not be drawn on this device. All that it shows is also in the "
                "words on this page."
            ),
            "noTiles": gettext(
                "Part of the map could not be loaded. It is tried again as you move."
            ),
            "gestureKey": gettext("Hold Ctrl while scrolling to zoom the map"),
            "gestureTouch": gettext("Use two fingers to move the map"),
        },
        ensure_ascii=False,
    )

"""The readers by the name that manifests have for them."""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.sensing.domain.connectors.air import AirReader
from hereabouts.sensing.domain.connectors.entities import EntityReader
from hereabouts.sensing.domain.connectors.flood import FloodReader
from hereabouts.sensing.domain.connectors.mapped import TableReader
from hereabouts.sensing.domain.connectors.reading import Reader

READERS: Mapping[str, Reader] = {
    "air": AirReader(),
    "flood": FloodReader(),
    "ngsild": EntityReader(),
    "table": TableReader(),
}

"""The council this installation serves, read once from its file."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from django.conf import settings

from hereabouts.design.domain.council import Council, CouncilError, parse_council
from hereabouts.design.errors import BadCouncil

NEUTRAL = Path(__file__).with_name("council.toml")
FILE_NAME = "council.toml"
SIZE_LIMIT = 65_536
"""Bytes; a council's file is a page of text, anything larger is something else."""


@functools.lru_cache(maxsize=16)
def load_council(path: Path) -> Council:
    """Read and check a council's file.

    Raises: BadCouncil, whose reason names the file and the entry.
    """
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise BadCouncil(file=str(path), reason=f"it is larger than {SIZE_LIMIT} bytes")
        return parse_council(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadCouncil(file=str(path), reason="there is no such file") from error
    except OSError as error:
        raise BadCouncil(file=str(path), reason=f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadCouncil(file=str(path), reason="it is not text in UTF-8") from error
    except (tomllib.TOMLDecodeError, CouncilError) as error:
        raise BadCouncil(file=str(path), reason=str(error)) from error


def current_council() -> Council:
    """The council named by the setting `COUNCIL_FOLDER`, or the neutral one.

    Raises: BadCouncil when its file cannot be used.
    """
    folder = getattr(settings, "COUNCIL_FOLDER", "")
    return load_council(Path(folder) / FILE_NAME if folder else NEUTRAL)

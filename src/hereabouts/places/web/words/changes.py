"""What imports did to a place, in a few words."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.places.domain import wording
from hereabouts.places.domain.views import PastChange
from hereabouts.places.web.words.names import word
from hereabouts.places.web.words.origins import source_name


def change_text(past: PastChange) -> str:
    """What happened and by whose word: "Got its street number from OS Open USRN"."""
    source = source_name(past.source, past.importer)
    if past.is_only_numbers:
        known = [text for name, text in wording.NUMBERED.items() if name in past.fields]
        return gettext(known[0]) % {"source": source}
    return word(wording.CHANGES, past.change) % {"source": source}

"""Recognises a file by its first bytes, so that one of the wrong kind is named for what it is."""

from __future__ import annotations

from hereabouts.kernel.text import N_

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3\x00", N_("a GeoPackage or another SQLite database")),
    (b"\x00\x00\x27\x0a", N_("a Shapefile")),
    (b"PK\x03\x04", N_("a ZIP archive or an office document")),
    (b"PK\x05\x06", N_("an empty ZIP archive")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ", N_("an xz archive")),
    (b"7z\xbc\xaf", N_("a 7-Zip archive")),
    (b"%PDF", N_("a PDF document")),
    (b"\xd0\xcf\x11\xe0", N_("an old office document")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"PAR1", N_("a Parquet file")),
)
_OSM_PBF = b"\x0a\x09OSMHeader"
"""Stands behind four bytes of length. Source: OSM PBF format, file format."""
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def describe(head: bytes) -> str:
    """What a file with this beginning is, in words, or nothing where it might be a table."""
    if head[4:].startswith(_OSM_PBF):
        return N_("an OpenStreetMap extract (PBF)")
    for beginning, words in _BEGINNINGS:
        if head.startswith(beginning):
            return words
    bare = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare.startswith((b"{", b"[")):
        return N_("JSON")
    if bare.startswith(b"<"):
        return N_("XML or a web page")
    # A table may have a damaged row, but never a header with such a byte in it.
    if 0 in head.partition(b"\n")[0] and not head.startswith(_BYTE_ORDER_MARKS):
        return N_("binary data")
    return ""

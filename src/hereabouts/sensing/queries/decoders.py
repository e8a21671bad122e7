"""Payload decoders at hand: those that ship, and those a council added to its own folder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from django.conf import settings

from hereabouts.sensing.errors.uplinks import NoSuchDecoder
from hereabouts.standards.lorawan.decoder import Decoder, read_decoder, read_vocabulary
from hereabouts.standards.lorawan.description import Vocabulary
from hereabouts.standards.lorawan.errors import DecoderUnreadable

log = logging.getLogger(__name__)

FOLDER = "decoders"
"""Below the installation's folder: one `*.toml` a decoder."""

VOCABULARY = "observed-properties.toml"
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class BrokenDecoder:
    """A council's file that is no decoder, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Library:
    """Decoders by id and by the device types of the public catalogue that they are for."""

    decoders: tuple[Decoder, ...]
    broken: tuple[BrokenDecoder, ...] = ()
    by_id: dict[str, Decoder] = field(default_factory=dict)
    by_model: dict[str, Decoder] = field(default_factory=dict)

    def find(self, decoder_id: str) -> Decoder | None:
        """The decoder of an id, or None."""
        return self.by_id.get(decoder_id)

    def get(self, decoder_id: str) -> Decoder:
        """The decoder of an id. Raises: NoSuchDecoder."""
        decoder = self.find(decoder_id)
        if decoder is None:
            raise NoSuchDecoder(decoder=decoder_id[:80])
        return decoder

    def find_for_model(self, model: str) -> Decoder | None:
        """The decoder for a device type (`vendor/model`), or None."""
        return self.by_model.get(model)


def make_library(decoders: Iterable[Decoder], broken: Sequence[BrokenDecoder] = ()) -> Library:
    """A library; of two decoders with one id, or for one device type, the later counts."""
    by_id = {decoder.id: decoder for decoder in decoders}
    by_model = {model: decoder for decoder in by_id.values() for model in decoder.devices}
    return Library(tuple(by_id.values()), tuple(broken), by_id, by_model)


@cache
def shared_vocabulary() -> Vocabulary:
    """Units and observed properties that every decoder may name."""
    text = resources.files("hereabouts.sensing").joinpath("data", VOCABULARY).read_text("utf-8")
    return read_vocabulary(text, VOCABULARY)


@cache
def shipped() -> Library:
    """The decoders that ship."""
    folder = resources.files("hereabouts.sensing").joinpath("data", FOLDER)
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    vocabulary = shared_vocabulary()
    return make_library(
        read_decoder(file.read_text("utf-8"), file.name, vocabulary)
        for file in files
        if file.name.endswith(".toml")
    )


def current_library() -> Library:
    """The decoders that ship and the council's own, read anew when a file there changed.

    A council's decoder takes the place of one that ships under the same id or for the same device.
    A file that cannot be used is named in `broken` and stops nothing.
    """
    folder = Path(settings.HOME) / FOLDER
    return _library_of(folder, _stamp(folder))


def _stamp(folder: Path) -> Stamp:
    if not folder.is_dir():
        return ()
    states = ((file.name, file.stat()) for file in sorted(folder.glob("*.toml")))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


_last: tuple[Path, Stamp, Library] | None = None


def _library_of(folder: Path, stamp: Stamp) -> Library:
    global _last
    if not stamp:
        return shipped()
    last = _last
    if last is not None and last[:2] == (folder, stamp):
        return last[2]
    library = _read(folder, stamp)
    _last = (folder, stamp, library)
    return library


def _read(folder: Path, stamp: Stamp) -> Library:
    own: list[Decoder] = []
    broken: list[BrokenDecoder] = []
    for name, _, _ in stamp:
        try:
            text = (folder / name).read_text("utf-8")
            own.append(read_decoder(text, name, shared_vocabulary()))
        except (OSError, UnicodeDecodeError) as fault:
            broken.append(BrokenDecoder(name, str(fault)))
        except DecoderUnreadable as refusal:
            broken.append(BrokenDecoder(name, refusal.sentence()))
    for each in broken:
        log.warning("decoder_unusable file=%s reason=%s", each.name, each.reason)
    log.info("decoders_read own=%d unusable=%d", len(own), len(broken))
    return make_library([*shipped().decoders, *own], broken)

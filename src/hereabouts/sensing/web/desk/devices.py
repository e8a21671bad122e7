"""Devices at the desk: who sends, how well it is heard, and frames that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hereabouts.design.api import number, percent, render_page, sentence_of
from hereabouts.kernel.access import actor_of, requires
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.uplinks.decode import decode_again
from hereabouts.sensing.actions.uplinks.devices import (
    change_device,
    give_device_key,
    map_reading,
    register_device,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.uplinks import DONE, STATE_NAMES, UplinkState
from hereabouts.sensing.errors.uplinks import BadDevice, BadMapping, DeviceRegistered, NoSuchDevice
from hereabouts.sensing.queries.batteries import batteries_of, links_of
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.decoders import current_library
from hereabouts.sensing.queries.uplinks import (
    DeviceCard,
    LinkQuality,
    UplinkCard,
    count_uplinks_by_state,
    find_device,
    list_devices,
    list_link_quality,
    list_unknown_devices,
    list_uplinks,
)
from hereabouts.sensing.web import words
from hereabouts.sensing.web.desk.forms import DeviceForm, ReadingForm
from hereabouts.sensing.web.desk.outcomes import is_well, lack_of, outcome_lines, read_text
from hereabouts.sensing.web.readers import CONNECT, asked

LINK_DAYS = 14
MOST_FRAMES = 40
MOST_DEVICES = 200
SHOWN_BYTES = 48
STATE_SHAPES = {
    UplinkState.DECODED: "good",
    UplinkState.EMPTY: "neutral",
    UplinkState.WAITING: "information",
    UplinkState.FAILED: "problem",
}


@requires(CONNECT)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every device, those that nobody registered, and frames kept raw."""
    q = asked(request, "q")
    matching = [card for card in list_devices() if _matches(card, q.casefold())]
    cards = matching[:MOST_DEVICES]
    today = now().date()
    links = links_of([card.eui for card in cards], first=today - timedelta(days=6), last=today)
    levels = batteries_of([card.thing_id for card in cards if card.thing_id])
    state = asked(request, "state")
    chosen = UplinkState(state) if state in set(UplinkState) else None
    counts = count_uplinks_by_state()
    frames = list_uplinks(state=chosen, limit=MOST_FRAMES) if chosen else _unread(counts)
    context = {
        "rows": [
            {
                "card": card,
                "battery": _battery(levels.get(card.thing_id or 0)),
                **heard_text(links.get(card.eui, [])),
            }
            for card in cards
        ],
        "q": q,
        "is_cut": len(matching) > MOST_DEVICES,
        "unknown": [
            {"one": one, "href": f"{reverse('sensing:new_device')}?{_first_of(one.eui, one)}"}
            for one in list_unknown_devices()
        ],
        "frames": [frame_row(frame) for frame in frames],
        "states": [
            (kind.value, gettext(STATE_NAMES[kind]), number(count), kind is chosen)
            for kind, count in counts.items()
        ],
        "broken": current_library().broken,
    }
    return render_page(request, "sensing/desk/devices.html", context)


def _matches(card: DeviceCard, words: str) -> bool:
    """Whether the words stand in a device's name, EUI, type or decoder."""
    told = (card.name, card.eui, card.model, card.decoder, card.application)
    return any(words in one.casefold() for one in told)


def _unread(counts: Iterable[UplinkState]) -> list[UplinkCard]:
    """The latest frames of every state but those that are done."""
    found = [
        frame
        for state in counts
        if state not in DONE
        for frame in list_uplinks(state=state, limit=MOST_FRAMES)
    ]
    return sorted(found, key=lambda frame: frame.received, reverse=True)[:MOST_FRAMES]


def _first_of(eui: str, one: object) -> str:
    name, model = getattr(one, "device_name", ""), getattr(one, "model", "")
    return urlencode({"eui": eui, "name": name, "model": model})


def _battery(found: StreamNow | None) -> str:
    return words.value_text(found) if found else "–"


def heard_text(days: list[LinkQuality]) -> dict[str, str]:
    """Signal and loss over some days together."""
    frames, lost = sum(day.frames for day in days), sum(day.lost for day in days)
    signals = [day.rssi_dbm for day in days if day.rssi_dbm is not None]
    return {
        "signal": f"{sum(signals) / len(signals):.0f} dBm" if signals else "–",
        "lost": percent(lost / (frames + lost)) if frames else "–",
    }


def frame_row(frame: UplinkCard) -> dict[str, object]:
    """A kept frame in words: what became of it, why, and its bytes."""
    shown = frame.payload[:SHOWN_BYTES].hex(" ")
    return {
        "frame": frame,
        "state": gettext(STATE_NAMES[frame.state]),
        "shape": STATE_SHAPES.get(frame.state, "attention"),
        "bytes": shown + (" …" if len(frame.payload) > SHOWN_BYTES else ""),
        "decoder": f"{frame.decoder} {frame.decoder_version}" if frame.decoder_version else "",
    }


@requires(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a device; `?eui=&name=&model=` fill in one that was heard."""
    first = {name: asked(request, name) for name in ("eui", "name", "model")}
    form = DeviceForm(
        request.POST if request.method == "POST" else None, initial={"is_enabled": True, **first}
    )
    there = None
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        try:
            register_device(draft, actor=actor_of(request))
        except DeviceRegistered as refusal:
            form.add_error("eui", sentence_of(refusal))
            there = find_device(draft.eui)
        except BadDevice as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return _saved(request, draft.eui)
    context = {"form": form, "card": None, "there": there}
    return render_page(request, "sensing/desk/device_form.html", context)


@requires(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, eui: str) -> HttpResponse:
    """Set a device up again."""
    card = _get(eui)
    first = {
        "eui": card.eui,
        "name": card.name,
        "decoder": card.decoder,
        "model": card.model,
        "thing_id": card.thing_id,
        "is_enabled": card.is_enabled,
    }
    form = DeviceForm(request.POST if request.method == "POST" else None, initial=first)
    form.fields["eui"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            change_device(form.draft(), actor=actor_of(request))
        except BadDevice as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return _saved(request, card.eui)
    context = {"form": form, "card": card}
    return render_page(request, "sensing/desk/device_form.html", context)


def _saved(request: HttpRequest, eui: str) -> HttpResponse:
    messages.success(request, gettext("The device is set up."))
    return HttpResponseRedirect(reverse("sensing:device", args=[eui]))


@requires(CONNECT)
@require_safe
def one(request: HttpRequest, eui: str) -> HttpResponse:
    """One device."""
    return _show(request, _get(eui))


def _get(eui: str) -> DeviceCard:
    card = find_device(eui[:16].upper().replace("\x00", ""))
    if card is None:
        raise NoSuchDevice(eui=eui[:16])
    return card


def _show(
    request: HttpRequest,
    card: DeviceCard,
    *,
    secret: str = "",
    form: ReadingForm | None = None,
    found: Mapping[UplinkState, int] | None = None,
) -> HttpResponse:
    today = now().date()
    days = list_link_quality(card.eui, first=today - timedelta(days=LINK_DAYS - 1), last=today)
    streams = _streams(card)
    library = current_library()
    decoder = library.find(card.decoder) if card.decoder else library.find_for_model(card.model)
    lack = lack_of(card, decoder, streams.values())
    mapped = dict(card.streams)
    names = [*(decoder.outputs() if decoder else ()), *mapped]
    context = {
        "card": card,
        "decoder": decoder,
        "heard": heard_text(days),
        "days": [_day_row(day) for day in reversed(days)],
        "readings": [
            {
                "name": name,
                "is_mapped": name in mapped,
                "stream": streams.get(mapped.get(name) or 0),
                "stream_id": mapped.get(name),
            }
            for name in dict.fromkeys(names)
        ],
        "streams": [(one.id, f"{one.id}: {one.name}") for one in streams.values()],
        "frames": [frame_row(frame) for frame in list_uplinks(eui=card.eui, limit=MOST_FRAMES)],
        "lack": lack,
        "outcome": None if found is None else outcome_lines(found, lack),
        "secret": secret,
        "form": form,
    }
    return render_page(request, "sensing/desk/device.html", context)


def _streams(card: DeviceCard) -> dict[int, StreamNow]:
    """Streams that the device's readings go to or may go to."""
    ids = [stream_id for _, stream_id in card.streams if stream_id]
    found = list_streams_now(stream_ids=ids, level=DataClass.CLOSED) if ids else []
    if card.thing_id:
        found += list_streams_now(thing_ids=[card.thing_id], level=DataClass.CLOSED)
    return {one.id: one for one in found}


def _day_row(day: LinkQuality) -> tuple[str, ...]:
    return (
        day.day.isoformat(),
        number(day.frames),
        number(day.lost),
        "–" if day.rssi_dbm is None else f"{day.rssi_dbm:.0f} dBm",
        "–" if day.snr_db is None else f"{day.snr_db:.1f} dB",
        number(day.gateways, 1),
    )


@requires(CONNECT)
@require_POST
def map_one(request: HttpRequest, eui: str) -> HttpResponse:
    """Send a reading to a stream, or leave it out on purpose."""
    card = _get(eui)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            map_reading(
                card.eui,
                form.cleaned_data["reading"],
                form.cleaned_data["stream_id"],
                actor=actor_of(request),
            )
        except BadMapping as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, gettext("The reading is mapped."))
            return HttpResponseRedirect(f"{reverse('sensing:device', args=[card.eui])}#readings")
    return _show(request, card, form=form)


@requires(CONNECT)
@require_POST
def key(request: HttpRequest, eui: str) -> HttpResponse:
    """A fresh key for the device's own webhook, shown once, in the answer itself."""
    card = _get(eui)
    secret = give_device_key(card.eui, actor=actor_of(request))
    return _show(request, _get(eui), secret=secret)


@requires(CONNECT)
@require_POST
def decode(request: HttpRequest, eui: str) -> HttpResponse:
    """Decode the kept frames again, now, and say what came of it."""
    card = _get(eui)
    everything = request.POST.get("everything") == "yes"
    found = decode_again(card.eui, ingest=INGEST, actor=actor_of(request), everything=everything)
    if not is_well(found):
        # Read again: reading may have given the device a Thing or an application.
        return _show(request, _get(eui), found=found)
    messages.success(request, read_text(found[UplinkState.DECODED]))
    return HttpResponseRedirect(f"{reverse('sensing:device', args=[card.eui])}#frames")

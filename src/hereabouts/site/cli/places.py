"""Commands that read the gazetteer and rebuild what is worked out from it."""

from __future__ import annotations

from collections.abc import Mapping

import click

from hereabouts.site.cli.output import Progress, as_json, print_summary, with_django

MOST_HITS = 20


@click.group()
def places() -> None:
    """Ask the gazetteer: search it, say what is at a point, count it."""


@places.command()
@click.argument("words", nargs=-1, required=True)
@as_json
def search(words: tuple[str, ...], as_json: bool) -> None:
    """Find streets, postcodes, areas, addresses and assets by WORDS."""
    with_django()
    from hereabouts.places.api import search as find

    answer = find(" ".join(words), limit=MOST_HITS)
    hits = [
        {
            "kind": hit.kind.value,
            "uid": hit.uid,
            "name": hit.address.line if hit.address else hit.name,
            "areas": [area.name for area in hit.areas],
        }
        for hit in answer.hits
    ]
    lines = [_hit_line(hit) for hit in hits] or ["Nothing here is called that."]
    if answer.is_part:
        lines.insert(0, "Nothing has all of these words; these come closest:")
    elif answer.is_guess:
        lines.insert(0, "Nothing is called that; did you mean one of these?")
    summary = {
        "question": answer.question,
        "is_guess": answer.is_guess,
        "is_part": answer.is_part,
        "has_more": answer.has_more,
        "hits": hits,
    }
    print_summary(summary, "\n".join(lines), as_json)


# A longitude west of Greenwich begins with a minus, which is no option.
@places.command(context_settings={"ignore_unknown_options": True})
@click.argument("lat", type=float)
@click.argument("lon", type=float)
@as_json
def at(lat: float, lon: float, as_json: bool) -> None:
    """Say what is at LAT LON (WGS 84, degrees): the nearest street, postcode and areas."""
    with_django()
    from hereabouts.kernel.geometry import Point
    from hereabouts.places.api import whereabouts

    here = whereabouts(Point(lon, lat))
    summary = {
        "lat": lat,
        "lon": lon,
        "streets": [
            {"uid": one.street.uid, "name": one.street.name, "distance_m": round(one.distance_m, 1)}
            for one in here.streets
        ],
        "postcode": here.postcode.code if here.postcode else None,
        "areas": [{"code": area.code, "kind": area.kind, "name": area.name} for area in here.areas],
        "premises": [
            {
                "uid": one.uid,
                "address": one.address.line,
                "distance_m": round(one.distance_m or 0, 1),
            }
            for one in here.premises
        ],
    }
    lines = [
        *(f"{one.street.name}, {one.distance_m:.0f} m away" for one in here.streets),
        *([f"postcode {here.postcode.code}"] if here.postcode else []),
        *(f"in {area.name} ({area.kind} {area.code})" for area in here.areas),
    ]
    print_summary(summary, "\n".join(lines) or "No street or area is known there.", as_json)


@places.command()
@as_json
def counts(as_json: bool) -> None:
    """Count what the gazetteer holds today."""
    with_django()
    from hereabouts.places.api import counts as count

    found = {kind.value: times for kind, times in count().items()}
    sentence = "; ".join(f"{kind}: {times:,}" for kind, times in found.items())
    print_summary(found, f"Standing today: {sentence}.", as_json)


@places.command()
@as_json
def reindex(as_json: bool) -> None:
    """Rebuild the search index from the gazetteer; imports keep it up to date by themselves."""
    with_django()
    from hereabouts.places.api import reindex_all

    progress = Progress()
    total = reindex_all(progress)
    progress.done()
    print_summary({"names": total}, f"{total} names are filed for search.", as_json)


def _hit_line(hit: Mapping[str, object]) -> str:
    areas = hit["areas"]
    where = f", in {areas[0]}" if isinstance(areas, list) and areas else ""
    return f"{hit['kind']:<9} {hit['name']}{where}  ({hit['uid']})"

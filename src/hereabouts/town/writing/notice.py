"""The plain words that go with the files: that the town is invented, and what each file is."""

from __future__ import annotations

from hereabouts.town.summary import TownSummary

FILES = {
    "town.osm.pbf": "the map, in OpenStreetMap's form",
    "district.geojson": "the district",
    "wards.geojson": "electoral wards; they tile the district",
    "msoas.geojson": "middle-layer areas; they tile the district",
    "lsoas.geojson": "small areas; they nest in the middle layer",
    "postcodes.csv": "postcodes with grid references, in the columns of Code-Point Open",
    "population.csv": "residents and households by small area",
    "deprivation.csv": "ranks by small area, in the columns of the English index of 2025",
    "uprn.csv": "property numbers, in the columns of OS Open UPRN",
    "usrn.geojson": "street numbers with their lines, in the fields of OS Open USRN",
    "usrn.csv": "property numbers by street number, in the columns of OS linked identifiers",
    "assets-street_lamp.csv": "the council's list of street lamps",
    "assets-gully.csv": "the council's list of gullies",
    "assets-grit_bin.csv": "the council's list of grit bins",
    "README.md": "this page",
    "town.json": "counts and figures for programs",
}  # fmt: skip


def readme(summary: TownSummary) -> str:
    """The page that goes with the files."""
    figures, counts = summary.figures, summary.counts
    rows = [
        ("junctions where one street ends", f"{figures.degree_1:.0%}", "33 %"),
        ("junctions of three", f"{figures.degree_3:.0%}", "63 %"),
        ("junctions of four", f"{figures.degree_4:.0%}", "4 %"),
        ("link length, median", f"{figures.link_median_m:.0f} m", "60 m"),
        ("link length, mean", f"{figures.link_mean_m:.0f} m", "103 m"),
        ("link length, 90th percentile", f"{figures.link_p90_m:.0f} m", "198 m"),
        ("drivable road", f"{figures.drivable_km:.0f} km",
         f"{450 * summary.residents / 160_000:.0f} km"),
        ("buildings", f"{figures.buildings:,}",
         f"{34_000 * summary.residents / 160_000:,.0f}"),
        ("buildings with an address", f"{figures.addressed:.0%}", "62 %"),
        ("bus stops", f"{figures.bus_stops}", f"{summary.residents / 400:.0f}"),
        ("residents of a small area, mean", f"{figures.lsoa_residents_mean:,.0f}", "1,760"),
        ("land of a small area, median", f"{figures.lsoa_km2_median:.2f} km²", "0.35 km²"),
    ]  # fmt: skip
    table = "\n".join(f"| {name} | {here} | {real} |" for name, here, real in rows)
    files = "\n".join(f"- `{name}`: {what}" for name, what in FILES.items())
    return f"""# {summary.name} is invented

No such town exists. Its streets, people, areas, postcodes, numbers and figures were made by a
program from seed {summary.seed}, to try things out on; its place on the globe is open sea.
Any likeness to a real town, street or person is by chance. Nothing in these files may be used as
if it described a real place.

{summary.residents:,} residents, {counts["homes"]:,} homes, {counts["streets"]:,} named streets,
{counts["wards"]} wards, {counts["lsoas"]} small areas.

| figure | here | real towns, scaled |
| --- | ---: | ---: |
{table}

Files:

{files}

Codes that begin with X, postcodes that begin with ZX, property numbers that begin with 99 and
street numbers that begin with 995 are not in use for any real thing.
"""

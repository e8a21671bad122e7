// Streets and paths, told apart by width before colour.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette.ts";
import { type Draft, from } from "./source.ts";
import { streetWidth } from "./widths.ts";

export const MAJOR = ["tertiary", "secondary", "primary", "trunk", "motorway"] as const;
export const MINOR = ["residential", "unclassified", "living_street", "pedestrian"] as const;
export const SERVICE = ["service", "track"] as const;
export const PATHS = ["footway", "path", "cycleway", "bridleway", "steps"] as const;

function ofClass(classes: readonly string[]): ExpressionSpecification {
  return ["in", ["get", "class"], ["literal", [...classes]]];
}

/** Higher classes are drawn over lower ones where they cross. */
const RANK: ExpressionSpecification = [
  "match", ["get", "class"],
  "motorway", 9, "trunk", 8, "primary", 7, "secondary", 6, "tertiary", 5, "unclassified", 4,
  "residential", 3, 2,
];

/** Casings first, then fills, lower classes first. */
export function streetLayers(palette: Palette): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round", "line-sort-key": RANK } as const;
  const opacity: ExpressionSpecification = ["case", ["==", ["get", "tunnel"], true], 0.45, 1];
  const majorFill: ExpressionSpecification = [
    "match", ["get", "class"], ["motorway", "trunk"], palette.trunk, palette.major,
  ];
  const majorCasing: ExpressionSpecification = [
    "match", ["get", "class"], ["motorway", "trunk"], palette.trunkCasing, palette.majorCasing,
  ];
  const line = (
    id: string,
    classes: readonly string[],
    colour: string | ExpressionSpecification,
    extra: number,
    minzoom: number,
  ): Draft => ({
    id,
    type: "line",
    minzoom,
    filter: ofClass(classes),
    layout: round,
    paint: {
      "line-color": colour,
      "line-width": streetWidth(classes, extra),
      "line-opacity": opacity,
    },
  });
  return from(
    "streets",
    {
      id: "paths",
      type: "line",
      minzoom: 14,
      filter: ofClass(PATHS),
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.path,
        "line-width": streetWidth(["path"]),
        "line-dasharray": [2.2, 1.4],
      },
    },
    line("service-casing", SERVICE, palette.minorCasing, 1.2, 15),
    line("minor-casing", MINOR, palette.minorCasing, 1.6, 13.5),
    line("major-casing", MAJOR, majorCasing, 1.8, 11),
    line("service", SERVICE, palette.minor, 0, 14),
    line("minor", MINOR, palette.minor, 0, 12),
    line("major", MAJOR, majorFill, 0, 8),
  );
}


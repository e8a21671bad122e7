// Names and symbols on the map: sentence case, halos, the important first.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette.ts";
import { from } from "./source.ts";
import { SYMBOL_PREFIX } from "./symbols.ts";

export const REGULAR = ["Atkinson Hyperlegible Next"];
/** An alias of the bold file: MapLibre reads the weight from the family's name. */
export const BOLD = ["Hereabouts Bold"];

/** The name in the reader's language, or the usual one. */
function named(language: string): ExpressionSpecification {
  return ["coalesce", ["get", `name_${language}`], ["get", "name"]];
}

function sizes(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as ExpressionSpecification;
}

/** All labels and asset symbols, lowest first: where two collide the later layer wins. */
export function labelLayers(palette: Palette, language: string): LayerSpecification[] {
  return [
    ...addressLabels(palette),
    ...streetLabels(palette, language),
    ...assetSymbols(palette),
    ...placeLabels(palette, language),
  ];
}

function halo(palette: Palette, colour: string, width = 1.4): Record<string, unknown> {
  return { "text-color": colour, "text-halo-color": palette.halo, "text-halo-width": width };
}

function addressLabels(palette: Palette): LayerSpecification[] {
  return from("addresses", {
    id: "address-labels",
    type: "symbol",
    minzoom: 17.3,
    layout: {
      "text-field": ["get", "number"],
      "text-font": REGULAR,
      "text-size": sizes(17, 10, 20, 13),
      "text-padding": 1,
    },
    paint: halo(palette, palette.labelSoft, 1),
  });
}

function streetLabels(palette: Palette, language: string): LayerSpecification[] {
  const along = {
    "symbol-placement": "line",
    "text-rotation-alignment": "map",
    "text-pitch-alignment": "viewport",
    "text-max-angle": 35,
    "symbol-spacing": 320,
  } as const;
  const rank: ExpressionSpecification = [
    "match", ["get", "class"],
    "motorway", 1, "trunk", 2, "primary", 3, "secondary", 4, "tertiary", 5, "residential", 7, 6,
  ];
  return from(
    "street_labels",
    {
      id: "street-names",
      type: "symbol",
      minzoom: 13,
      filter: ["has", "name"],
      layout: {
        ...along,
        "symbol-sort-key": rank,
        "text-field": named(language),
        "text-font": REGULAR,
        "text-size": sizes(13, 11, 16, 12.5, 19, 16),
        "text-padding": 3,
      },
      paint: halo(palette, palette.label),
    },
    {
      id: "street-refs",
      type: "symbol",
      minzoom: 10,
      maxzoom: 17,
      filter: ["all", ["has", "ref"], ["!", ["has", "name"]]],
      layout: {
        ...along,
        "symbol-sort-key": rank,
        "symbol-spacing": 480,
        "text-rotation-alignment": "viewport",
        "text-field": ["get", "ref"],
        "text-font": BOLD,
        "text-size": 11,
        "text-padding": 8,
      },
      paint: halo(palette, palette.labelSoft, 2),
    },
  );
}

function assetSymbols(palette: Palette): LayerSpecification[] {
  const EARLY = ["bus_stop"];
  const symbol: ExpressionSpecification = [
    "concat", SYMBOL_PREFIX, ["coalesce", ["get", "symbol"], ["get", "type"]],
  ];
  const label = {
    "text-field": ["coalesce", ["get", "name"], ""] as ExpressionSpecification,
    "text-font": REGULAR,
    "text-size": 11.5,
    "text-anchor": "top" as const,
    "text-offset": [0, 0.9] as [number, number],
    "text-max-width": 9,
    "text-optional": true,
  };
  const isEarly: ExpressionSpecification = ["in", ["get", "type"], ["literal", EARLY]];
  return from(
    "assets",
    {
      id: "assets-small",
      type: "symbol",
      minzoom: 17,
      filter: ["!", isEarly],
      layout: {
        "icon-image": symbol,
        "icon-size": sizes(17, 0.7, 19, 1.1),
        "icon-padding": 1,
      },
    },
    {
      id: "assets-early",
      type: "symbol",
      minzoom: 15.2,
      filter: isEarly,
      layout: {
        "icon-image": symbol,
        "icon-size": sizes(15, 0.65, 17, 0.95, 19, 1.2),
        "icon-padding": 1,
        ...label,
        "text-field": ["step", ["zoom"], "", 17.2, ["coalesce", ["get", "name"], ""]],
      },
      paint: halo(palette, palette.labelSoft),
    },
  );
}

const GREEN = ["park", "wood", "allotments", "cemetery"];
const SETTLED = ["city", "town", "village", "suburb", "neighbourhood", "locality"];

function placeLabels(palette: Palette, language: string): LayerSpecification[] {
  const isKind = (kinds: readonly string[]): ExpressionSpecification => [
    "in", ["get", "kind"], ["literal", [...kinds]],
  ];
  const colour: ExpressionSpecification = [
    "match", ["get", "kind"],
    GREEN, palette.greenLabel,
    ["water"], palette.waterLabel,
    palette.labelSoft,
  ];
  const common = {
    "text-field": named(language),
    "text-max-width": 8,
    "symbol-sort-key": ["get", "rank"] as ExpressionSpecification,
    "text-padding": 6,
  };
  return from(
    "place_labels",
    {
      id: "landmark-names",
      type: "symbol",
      minzoom: 13,
      filter: ["!", isKind(SETTLED)],
      layout: { ...common, "text-font": REGULAR, "text-size": sizes(13, 11, 18, 14) },
      paint: { ...halo(palette, palette.label), "text-color": colour },
    },
    {
      id: "place-names",
      type: "symbol",
      // A town's name says nothing to someone who is looking at one of its streets.
      filter: [
        "step", ["zoom"], isKind(SETTLED),
        14.7, isKind(["village", "suburb", "neighbourhood", "locality"]),
        16.3, isKind(["neighbourhood", "locality"]),
      ],
      maxzoom: 17.5,
      layout: {
        ...common,
        "text-font": BOLD,
        "text-size": [
          "interpolate", ["linear"], ["zoom"],
          8, ["match", ["get", "kind"], ["city", "town"], 14, 11],
          13, ["match", ["get", "kind"], ["city", "town"], 20, ["suburb", "village"], 14, 12],
          16, ["match", ["get", "kind"], ["city", "town"], 24, ["suburb", "village"], 17, 14],
        ],
      },
      paint: halo(palette, palette.label, 1.8),
    },
  );
}

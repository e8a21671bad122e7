// The base style of the map, built from a palette: no glyph server, no sprite sheet, one source.
import type { StyleSpecification } from "maplibre-gl";
import { type Chosen, chosenLayers } from "./chosen.ts";
import { boundaryLayers, buildingLayers, groundLayers } from "./ground.ts";
import { labelLayers } from "./labels.ts";
import type { Palette } from "./palette.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM, SOURCE } from "./source.ts";
import { streetLayers } from "./streets.ts";

export interface StyleInput {
  readonly palette: Palette;
  /** Absolute address with {z}, {x} and {y}. */
  readonly tiles: string;
  readonly language: string;
  readonly chosen?: Chosen | undefined;
}

/** The whole style, with the page's own feature drawn strongly. */
export function buildStyle(input: StyleInput): StyleSpecification {
  const { palette } = input;
  return {
    version: 8,
    name: "Hereabouts",
    sources: {
      [SOURCE]: {
        type: "vector",
        tiles: [input.tiles],
        minzoom: MIN_TILE_ZOOM,
        maxzoom: MAX_TILE_ZOOM,
      },
    },
    transition: { duration: 0, delay: 0 },
    layers: [
      { id: "land", type: "background", paint: { "background-color": palette.land } },
      ...groundLayers(palette),
      ...buildingLayers(palette),
      ...streetLayers(palette),
      ...boundaryLayers(palette),
      ...chosenLayers(palette, input.chosen),
      ...labelLayers(palette, input.language),
    ],
  };
}


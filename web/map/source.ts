// The one source of the base style, and layers made from it.
import type { LayerSpecification } from "maplibre-gl";

export const SOURCE = "places";
export const MIN_TILE_ZOOM = 8;
export const MAX_TILE_ZOOM = 16;

export type Draft = LayerSpecification extends infer One
  ? One extends { source: string; type: infer Type }
    ? Omit<One, "source" | "source-layer"> & { type: Type }
    : never
  : never;

/** Layers of one layer of the tiles. */
export function from(sourceLayer: string, ...drafts: Draft[]): LayerSpecification[] {
  return drafts.map(
    (draft) => ({ ...draft, source: SOURCE, "source-layer": sourceLayer }) as LayerSpecification,
  );
}


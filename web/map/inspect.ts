// What the map shows at a point or in view, read back from what was drawn.
import type { Map as BaseMap, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import { describe, type Kind, type Shown, tidy } from "../core/features.ts";
import { SOURCE } from "./source.ts";

/** Pixels around a click that still hit. */
const REACH = 9;
/** Of a stack of things under a click, the small before the large. */
const NEAREST_FIRST: readonly Kind[] = ["asset", "premises", "place", "street", "area"];

/** What lies at a point of the screen, the smallest sort of thing first, each once. */
export function shownAt(map: BaseMap, x: number, y: number, language: string): Shown[] {
  const around: [PointLike, PointLike] = [
    [x - REACH, y - REACH],
    [x + REACH, y + REACH],
  ];
  const near = shown(map.queryRenderedFeatures(around), language);
  const areas = near.filter((one) => one.kind !== "area" && one.href !== "");
  return NEAREST_FIRST.flatMap((kind) => areas.filter((one) => one.kind === kind));
}

/** Everything with a name in view, by kind. */
export function shownInView(map: BaseMap, language: string): Map<Kind, Shown[]> {
  const all = shown(map.queryRenderedFeatures(), language);
  const kinds: Kind[] = ["place", "street", "premises", "asset"];
  return new Map(kinds.map((kind) => [kind, all.filter((one) => one.kind === kind)]));
}

function shown(features: readonly MapGeoJSONFeature[], language: string): Shown[] {
  const found = features
    .filter((feature) => feature.source === SOURCE)
    .map((feature) => describe(feature.sourceLayer ?? "", feature.properties ?? {}, language));
  return tidy(
    found.filter((one): one is Shown => one !== undefined),
    language,
  );
}

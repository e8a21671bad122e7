// What the map shows at a point or in view, read back from what was drawn.
import type { Map as BaseMap, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import { describe, type Kind, type Shown, tidy } from "../core/features.ts";
import { SOURCE } from "./source.ts";

/** Pixels around a click that still hit. */
const REACH = 9;
/** Of a stack of things under a click, the small before the large. */
const NEAREST_FIRST: readonly Kind[] = ["asset", "premises", "place", "street"];
const LISTED: readonly Kind[] = ["place", "street", "premises", "asset"];

/** Names what a map shows, in the reader's language. */
export class Inspector {
  readonly #map: BaseMap;
  readonly #language: string;
  readonly #assetNames: Readonly<Record<string, string>>;

  constructor(map: BaseMap, language: string, assetNames: Readonly<Record<string, string>>) {
    this.#map = map;
    this.#language = language;
    this.#assetNames = assetNames;
  }

  /** What has a page at a point of the screen, the smallest sort of thing first, each once. */
  at(x: number, y: number): Shown[] {
    const around: [PointLike, PointLike] = [
      [x - REACH, y - REACH],
      [x + REACH, y + REACH],
    ];
    const near = this.#name(this.#map.queryRenderedFeatures(around));
    return NEAREST_FIRST.flatMap((kind) =>
      near.filter((one) => one.kind === kind && one.href !== ""),
    );
  }

  /** Everything with a name in view, by kind. */
  inView(): Map<Kind, Shown[]> {
    const all = this.#name(this.#map.queryRenderedFeatures());
    return new Map(LISTED.map((kind) => [kind, all.filter((one) => one.kind === kind)]));
  }

  #name(features: readonly MapGeoJSONFeature[]): Shown[] {
    const found = features
      .filter((feature) => feature.source === SOURCE)
      .map(({ sourceLayer, properties }) =>
        describe(sourceLayer ?? "", properties, this.#language, this.#assetNames),
      );
    return tidy(
      found.filter((one): one is Shown => one !== undefined),
      this.#language,
    );
  }
}

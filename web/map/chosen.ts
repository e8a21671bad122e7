// The feature the page is about, drawn strongly above the base.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette.ts";
import { type Draft, from } from "./source.ts";

/** The feature the page is about. */
export interface Chosen {
  readonly kind: string;
  readonly uid: string;
}

/** Layers for the page's own feature; none for kinds that are marked by a pin. */
export function chosenLayers(palette: Palette, chosen: Chosen | undefined): LayerSpecification[] {
  if (chosen === undefined || chosen.uid === "") return [];
  const is = (name: string): ExpressionSpecification => ["==", ["get", name], chosen.uid];
  const outline = (id: string, colour: string, width: number): Draft => ({
    id,
    type: "line",
    filter: is(chosen.kind === "area" ? "code" : "uid"),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width },
  });
  switch (chosen.kind) {
    case "street":
      return from(
        "streets",
        {
          ...outline("chosen-casing", palette.chosenCasing, 1),
          paint: {
            "line-color": palette.chosenCasing,
            "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, 6, 16, 12, 20, 40],
          },
        } as Draft,
        {
          ...outline("chosen", palette.chosen, 1),
          paint: {
            "line-color": palette.chosen,
            "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, 3.5, 16, 7, 20, 28],
          },
        } as Draft,
      );
    case "premises":
      return from(
        "buildings",
        {
          id: "chosen-fill",
          type: "fill",
          filter: is("uid"),
          paint: { "fill-color": palette.chosen, "fill-opacity": 0.45 },
        },
        outline("chosen", palette.chosen, 2.5),
      );
    case "area":
      return from(
        "areas",
        {
          id: "chosen-fill",
          type: "fill",
          filter: is("code"),
          paint: { "fill-color": palette.chosen, "fill-opacity": 0.08 },
        },
        outline("chosen-casing", palette.chosenCasing, 6),
        outline("chosen", palette.chosen, 3),
      );
    case "asset":
      return from("assets", {
        id: "chosen",
        type: "circle",
        filter: is("uid"),
        paint: {
          "circle-radius": 15,
          "circle-color": palette.chosenCasing,
          "circle-stroke-color": palette.chosen,
          "circle-stroke-width": 4,
        },
      });
    default:
      return [];
  }
}

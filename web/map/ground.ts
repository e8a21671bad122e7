// Land, water, green and buildings: the quiet bottom of the map.
import type {
  ExpressionSpecification,
  LayerSpecification,
} from "maplibre-gl";
import type { Palette } from "./palette.ts";
import { from } from "./source.ts";

function groundColour(palette: Palette, residential = palette.residential): ExpressionSpecification {
  const colours: Record<string, string> = {
    water: palette.water,
    wetland: palette.grass,
    sand: palette.sand,
    wood: palette.wood,
    park: palette.park,
    grass: palette.grass,
    garden: palette.grass,
    pitch: palette.park,
    farmland: palette.farmland,
    allotments: palette.grass,
    cemetery: palette.grass,
    school_grounds: palette.grounds,
    hospital_grounds: palette.grounds,
    residential,
    retail: palette.retail,
    industrial: palette.industrial,
    car_park: palette.carPark,
  };
  return ["match", ["get", "kind"], ...Object.entries(colours).flat(), palette.land] as never;
}

const IS_POLYGON: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
const USES = ["residential", "retail", "industrial", "school_grounds", "hospital_grounds", "farmland"];

/** Uses of land, then what grows and flows on it, then lines. */
export function groundLayers(palette: Palette): LayerSpecification[] {
  const color = groundColour(palette);
  const isUse: ExpressionSpecification = ["in", ["get", "kind"], ["literal", USES]];
  const kind = (...names: string[]): ExpressionSpecification => [
    "all",
    ["==", ["geometry-type"], "LineString"],
    ["in", ["get", "kind"], ["literal", names]],
  ];
  const width = (at10: number, at16: number, at20: number): ExpressionSpecification => [
    "interpolate", ["exponential", 1.5], ["zoom"], 10, at10, 16, at16, 20, at20,
  ];
  return from(
    "ground",
    // Uses of land lie below what grows or flows on it, whatever the order in the tile.
    {
      id: "uses",
      type: "fill",
      filter: ["all", IS_POLYGON, isUse],
      paint: {
        "fill-color": [
          "interpolate", ["linear"], ["zoom"],
          12.2, groundColour(palette, palette.built),
          14, color,
        ],
      },
    },
    {
      id: "ground",
      type: "fill",
      filter: ["all", IS_POLYGON, ["!", isUse], ["!=", ["get", "kind"], "water"]],
      paint: { "fill-color": color },
    },
    {
      id: "streams",
      type: "line",
      filter: ["all", kind("river", "stream", "canal"), ["!=", ["get", "tunnel"], true]],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": palette.waterLine,
        "line-width": [
          "interpolate", ["exponential", 1.5], ["zoom"],
          10, ["match", ["get", "kind"], "stream", 0.3, 1],
          16, ["match", ["get", "kind"], "stream", 1.6, 4],
          20, ["match", ["get", "kind"], "stream", 6, 16],
        ],
      },
    },
    {
      id: "water",
      type: "fill",
      filter: ["all", IS_POLYGON, ["==", ["get", "kind"], "water"]],
      paint: { "fill-color": palette.water, "fill-outline-color": palette.waterLine },
    },
    {
      id: "hedges",
      type: "line",
      filter: kind("hedge", "wall"),
      paint: {
        "line-color": ["match", ["get", "kind"], "hedge", palette.hedge, palette.buildingLine],
        "line-width": width(0.2, 0.8, 2),
      },
    },
    {
      id: "rail",
      type: "line",
      filter: ["all", kind("rail", "tram"), ["!=", ["get", "tunnel"], true]],
      paint: { "line-color": palette.rail, "line-width": width(0.6, 1.8, 4) },
    },
    {
      id: "rail-sleepers",
      type: "line",
      minzoom: 14,
      filter: ["all", kind("rail"), ["!=", ["get", "tunnel"], true]],
      paint: {
        "line-color": palette.rail,
        "line-width": width(1, 5, 12),
        "line-dasharray": [0.25, 1.6],
      },
    },
  );
}

/** Buildings, barely darker than the land. */
export function buildingLayers(palette: Palette): LayerSpecification[] {
  return from("buildings", {
    id: "buildings",
    type: "fill",
    minzoom: 14,
    paint: {
      "fill-color": palette.building,
      "fill-outline-color": [
        "interpolate", ["linear"], ["zoom"], 15, palette.building, 16, palette.buildingLine,
      ],
      "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.5, 15, 1],
    },
  });
}

/** Borders of areas that people know. */
export function boundaryLayers(palette: Palette): LayerSpecification[] {
  return from("areas", {
    id: "boundaries",
    type: "line",
    minzoom: 9,
    filter: ["in", ["get", "kind"], ["literal", ["country", "county", "district", "ward"]]],
    paint: {
      "line-color": palette.boundary,
      "line-opacity": ["match", ["get", "kind"], "ward", 0.45, 0.8],
      "line-width": ["match", ["get", "kind"], "ward", 1, 1.6],
      "line-dasharray": [5, 2, 1, 2],
    },
  });
}


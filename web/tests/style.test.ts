import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { DARK, LIGHT, type Palette } from "../map/palette.ts";
import { buildStyle } from "../map/style.ts";
import { recipeFor } from "../map/symbols.ts";
import { widthAt } from "../map/widths.ts";

const TILES = "http://localhost/tiles/places/{z}/{x}/{y}.mvt";
const CHOSEN = ["street", "premises", "asset", "area", "point"];

function style(palette: Palette, kind = "") {
  const chosen = kind === "" ? undefined : { kind, uid: "x-1" };
  return buildStyle({ palette, tiles: TILES, language: "cy", chosen });
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the %s style", (_, palette) => {
  it.each(["", ...CHOSEN])("is valid with %j chosen", (kind) => {
    expect(validateStyleMin(style(palette, kind))).toEqual([]);
  });

  it("asks nobody for glyphs or sprites", () => {
    const built = style(palette);
    expect(built).not.toHaveProperty("glyphs");
    expect(built).not.toHaveProperty("sprite");
    expect(Object.keys(built.sources)).toEqual(["places"]);
  });

  it("has no layer twice and takes every layer of the tiles", () => {
    const { layers } = style(palette, "street");
    const ids = layers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const used = new Set(layers.flatMap((layer) => ("source-layer" in layer ? [layer["source-layer"]] : [])));
    expect([...used].sort()).toEqual(
      ["addresses", "areas", "assets", "buildings", "ground", "place_labels", "street_labels", "streets"].sort(),
    );
  });

  it("keeps labels readable on what they lie on", () => {
    for (const label of [palette.label, palette.labelSoft, palette.greenLabel, palette.waterLabel]) {
      expect(contrast(label, palette.halo)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(palette.label, palette.land)).toBeGreaterThanOrEqual(7);
  });

  it("lets what is chosen stand out from the ground", () => {
    for (const ground of [palette.land, palette.minor, palette.building]) {
      expect(contrast(palette.chosen, ground)).toBeGreaterThanOrEqual(3);
    }
  });

  it("keeps buildings quiet: barely darker than land", () => {
    expect(contrast(palette.building, palette.land)).toBeLessThan(1.5);
  });

  it("shows names in the reader's language first", () => {
    const names = style(palette).layers.find(({ id }) => id === "street-names");
    expect(JSON.stringify(names)).toContain('["coalesce",["get","name_cy"],["get","name"]]');
  });
});

describe("the widths of streets", () => {
  it("tell a higher class from a lower one at every zoom", () => {
    const falling = ["motorway", "primary", "secondary", "tertiary", "residential", "service", "path"];
    for (const zoom of [14, 15, 16, 17, 18]) {
      const widths = falling.map((name) => widthAt(name, zoom));
      expect(widths, `at zoom ${zoom}`).toEqual([...widths].sort((one, other) => other - one));
    }
  });

  it("grow with the zoom", () => {
    expect(widthAt("primary", 13)).toBeGreaterThan(widthAt("primary", 12));
    expect(widthAt("primary", 17)).toBeLessThan(widthAt("primary", 18));
  });

  it("draw an unknown class as a path", () => {
    expect(widthAt("hovercraft", 16)).toBe(widthAt("path", 16));
  });
});

describe("the symbols of assets", () => {
  it("draw a type nobody knows as a dot", () => {
    expect(recipeFor("weather_station")).toEqual({ shape: "dot", tone: "symbol" });
  });

  it("do not take a property every object has for a type", () => {
    expect(recipeFor("constructor").shape).toBe("dot");
  });
});

/** Source: WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// How wide each class of street is drawn: width, not colour, tells the classes apart.
import type { ExpressionSpecification } from "maplibre-gl";

type Stops = Readonly<Record<number, number>>;

const BY_CLASS: Readonly<Record<string, Stops>> = {
  motorway: { 8: 1.4, 12: 3.4, 14: 6.5, 16: 15, 18: 36, 20: 84 },
  trunk: { 8: 1.2, 12: 3, 14: 6, 16: 14, 18: 34, 20: 80 },
  primary: { 8: 0.8, 12: 2.4, 14: 5, 16: 12.5, 18: 32, 20: 76 },
  secondary: { 8: 0.5, 12: 1.8, 14: 4.2, 16: 11, 18: 30, 20: 72 },
  tertiary: { 8: 0.3, 12: 1.2, 14: 3.4, 16: 10, 18: 28, 20: 68 },
  unclassified: { 8: 0.2, 12: 0.8, 14: 2.4, 16: 8.5, 18: 25, 20: 60 },
  residential: { 8: 0.1, 13: 0.8, 14: 2.2, 16: 8, 18: 24, 20: 58 },
  service: { 8: 0.1, 14: 0.7, 16: 3.6, 18: 12, 20: 30 },
  path: { 8: 0.1, 14: 0.5, 16: 1.3, 18: 2.4, 20: 4 },
};

const SAME_WIDTH: Readonly<Record<string, string>> = {
  living_street: "residential",
  pedestrian: "residential",
  track: "service",
};

const ZOOMS = [8, 10, 12, 13, 14, 15, 16, 17, 18, 20];

/** The width in pixels of a class at a zoom, between the stops as a power of two. */
export function widthAt(streetClass: string, zoom: number): number {
  const stops = BY_CLASS[SAME_WIDTH[streetClass] ?? streetClass] ?? BY_CLASS["path"];
  const known = Object.entries(stops ?? {})
    .map(([at, width]) => [Number(at), width] as const)
    .sort(([one], [other]) => one - other);
  const after = known.findIndex(([at]) => at >= zoom);
  const [highZoom, high] = known[after < 0 ? known.length - 1 : after] ?? [zoom, 1];
  const [lowZoom, low] = known[Math.max(after - 1, 0)] ?? [zoom, 1];
  if (after <= 0 || highZoom === lowZoom) return high;
  const share = (zoom - lowZoom) / (highZoom - lowZoom);
  return low * (high / low) ** share;
}

/** The line-width of streets by class and zoom, widened by so many pixels for a casing. */
export function streetWidth(classes: readonly string[], extra = 0): ExpressionSpecification {
  const steps = ZOOMS.flatMap((zoom) => [zoom, widthOfClasses(classes, zoom, extra)]);
  return ["interpolate", ["exponential", 1.6], ["zoom"], ...steps] as ExpressionSpecification;
}

function widthOfClasses(classes: readonly string[], zoom: number, extra: number): unknown {
  const round = (width: number): number => Math.round((width + extra) * 100) / 100;
  const [first = "path", ...others] = classes;
  if (others.length === 0) return round(widthAt(first, zoom));
  const cases = others.flatMap((name) => [name, round(widthAt(name, zoom))]);
  return ["match", ["get", "class"], ...cases, round(widthAt(first, zoom))];
}

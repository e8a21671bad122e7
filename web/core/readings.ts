// Readings over time without a page: the path of a line, and how long ago something was.

export type Point = readonly [time: number, value: number];

export interface Frame {
  readonly since: number;
  readonly until: number;
  readonly width: number;
  readonly height: number;
  readonly margin: number;
}

/** The path of a small line; broken where more than so many milliseconds passed. */
export function linePath(points: readonly Point[], frame: Frame, longest: number): string {
  const values = points.map(([, value]) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const { since, until, width, height, margin } = frame;
  const x = (time: number): number => margin + ((time - since) / (until - since)) * (width - 2 * margin);
  const y = (value: number): number =>
    high > low ? height - margin - ((value - low) / (high - low)) * (height - 2 * margin) : height / 2;
  return points
    .map(([time, value], index) => {
      const before = points[index - 1];
      const isNew = before === undefined || time - before[0] > longest;
      return `${isNew ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join(" ");
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const JUST_NOW_S = 45;

/** How long ago a moment was, in the page's language; `justNow` within 45 seconds. */
export function ago(moment: number, now: number, language: string, justNow: string): string {
  const passed = Math.round((now - moment) / 1000);
  if (Math.abs(passed) < JUST_NOW_S) return justNow;
  const [unit, seconds] = UNITS.find(([, length]) => Math.abs(passed) >= length) ?? ["second", 1];
  const amount = Math.trunc(passed / seconds);
  return new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(-amount, unit);
}

/** The shade of a value: `shades` has one more than `edges`, both from low to high. */
export function shadeOf(
  value: number | null,
  edges: readonly number[],
  shades: readonly string[],
): string | undefined {
  if (value === null) return undefined;
  const index = edges.findIndex((edge) => value < edge);
  return shades[index === -1 ? edges.length : index];
}

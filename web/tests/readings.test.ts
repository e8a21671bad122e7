import { describe, expect, it } from "vitest";
import { ago, linePath, shadeOf } from "../core/readings.ts";

const FRAME = { since: 0, until: 100, width: 120, height: 28, margin: 4 };

describe("linePath", () => {
  it("joins readings and breaks where some are missing", () => {
    const path = linePath([[0, 1], [10, 2], [60, 1], [70, 2]], FRAME, 15);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.match(/L/g)).toHaveLength(2);
  });

  it("keeps every point within the frame, the newest at the right", () => {
    const path = linePath([[0, -5], [50, 900], [100, 3]], FRAME, 60);
    const points = path.split(/[ML]/).filter(Boolean).map((part) => part.trim().split(" ").map(Number));
    for (const [x = -1, y = -1] of points) {
      expect(x).toBeGreaterThanOrEqual(4);
      expect(x).toBeLessThanOrEqual(116);
      expect(y).toBeGreaterThanOrEqual(4);
      expect(y).toBeLessThanOrEqual(24);
    }
    expect(points.at(-1)?.[0]).toBe(116);
  });

  it("draws equal values in the middle", () => {
    expect(linePath([[0, 7], [50, 7]], FRAME, 60)).toBe("M4.0 14.0 L60.0 14.0");
  });
});

describe("ago", () => {
  const now = Date.UTC(2026, 5, 1, 12);

  it("says how long ago in whole units", () => {
    expect(ago(now - 30_000, now, "en", "just now")).toBe("just now");
    expect(ago(now - 59_000, now, "en", "just now")).toBe("59 seconds ago");
    expect(ago(now - 119_000, now, "en", "just now")).toBe("1 minute ago");
    expect(ago(now - 3 * 86_400_000, now, "en", "just now")).toBe("3 days ago");
  });

  it("says how far ahead where a clock is wrong", () => {
    expect(ago(now + 7_200_000, now, "en", "just now")).toBe("in 2 hours");
  });
});

describe("shadeOf", () => {
  const shades = ["a", "b", "c"];

  it("gives each value the shade between its edges", () => {
    expect(shadeOf(1, [10, 20], shades)).toBe("a");
    expect(shadeOf(10, [10, 20], shades)).toBe("b");
    expect(shadeOf(20, [10, 20], shades)).toBe("c");
  });

  it("gives none where nothing was read", () => {
    expect(shadeOf(null, [10, 20], shades)).toBeUndefined();
    expect(shadeOf(5, [], ["a"])).toBe("a");
  });
});

import { describe, expect, it } from "vitest";
import { formatView, parseView } from "../core/view-link.ts";

describe("the end of an address that says where a map looks", () => {
  it("reads back what it wrote", () => {
    const view = { zoom: 15.25, lat: 51.5877, lon: -2.9951 };
    expect(parseView(formatView(view))).toEqual(view);
  });

  it("rounds to about a metre", () => {
    expect(formatView({ zoom: 16.123456, lat: 51.58771234, lon: -2.99511234 })).toBe(
      "#map=16.12/51.58771/-2.99511",
    );
  });

  it.each(["", "#top", "#map=", "#map=1/2", "#map=99/51/0", "#map=15/91/0", "#map=15/51/200", "#map=a/b/c"])(
    "takes %j for no view",
    (fragment) => {
      expect(parseView(fragment)).toBeUndefined();
    },
  );
});

import { describe as group, expect, it } from "vitest";
import { describe, sentenceCase, tidy } from "../core/features.ts";

group("what a feature of a tile is to a reader", () => {
  it("links a street to its page", () => {
    expect(describe("streets", { uid: "str-1", name: "Mill Lane" }, "en")).toEqual({
      kind: "street",
      name: "Mill Lane",
      href: "/streets/str-1",
    });
  });

  it("prefers the reader's language", () => {
    const properties = { uid: "str-1", name: "High Street", name_cy: "Stryd Fawr" };
    expect(describe("streets", properties, "cy")?.name).toBe("Stryd Fawr");
    expect(describe("streets", properties, "en")?.name).toBe("High Street");
  });

  it("names an asset by its type and then its own name", () => {
    const properties = { uid: "ast-1", type: "bus_stop", name: "Castle" };
    expect(describe("assets", properties, "en")?.name).toBe("Bus stop: Castle");
    expect(describe("assets", properties, "cy", { bus_stop: "Safle bws" })?.name).toBe(
      "Safle bws: Castle",
    );
    expect(describe("assets", { uid: "ast-2", type: "grit_bin" }, "en")?.name).toBe("Grit bin");
  });

  it("gives an address the page of its premises", () => {
    expect(describe("addresses", { uid: "pre-7", number: 12 }, "en")).toEqual({
      kind: "premises",
      name: "12",
      href: "/premises/pre-7",
    });
  });

  it("names a park that has no page", () => {
    expect(describe("place_labels", { kind: "park", name: "Belle Vue" }, "en")).toEqual({
      kind: "place",
      name: "Belle Vue",
      href: "",
    });
  });

  it.each([
    ["ground", { kind: "water", name: "Usk" }],
    ["streets", { uid: "", name: "Unadopted way" }],
    ["streets", { uid: "str-1" }],
    ["buildings", { uid: "pre-1" }],
  ])("passes over what has neither name nor page: %s %j", (layer, properties) => {
    expect(describe(layer, properties, "en")).toBeUndefined();
  });

  it("cannot be led off the site by an id", () => {
    const shown = describe("streets", { uid: "../../evil?x=", name: "Mill Lane" }, "en");
    expect(shown?.href).toBe("/streets/..%2F..%2Fevil%3Fx%3D");
  });

  it("is not confused by a type named like something every object has", () => {
    expect(describe("assets", { uid: "ast-1", type: "constructor" }, "en")?.name).toBe("Constructor");
    expect(describe("constructor", { uid: "x", name: "y" }, "en")).toBeUndefined();
  });

  it("lists each thing once, numbers by size", () => {
    const item = (name: string) => ({ kind: "premises", name, href: `/premises/${name}` }) as const;
    expect(tidy([item("2"), { ...item("2"), name: "two" }], "en")).toHaveLength(1);
    const names = tidy([item("10"), item("2"), item("10")], "en").map(({ name }) => name);
    expect(names).toEqual(["2", "10"]);
  });

  it("turns keys into words", () => {
    expect(sentenceCase("grit_bin")).toBe("Grit bin");
    expect(sentenceCase("")).toBe("");
  });
});

import { describe, expect, it } from "vitest";
import { filesOf, type Manifest, sentBytes } from "../budgets.ts";
import { bundledPackages } from "../licences.ts";

const MANIFEST: Manifest = {
  "main.ts": {
    file: "main.js",
    css: ["main.css"],
    assets: ["font-latin-400.woff2", "font-latin-ext-400.woff2"],
    imports: ["_shared.js"],
    dynamicImports: ["map.ts"],
  },
  "_shared.js": { file: "shared.js", imports: ["main.ts"] },
  "map.ts": { file: "map.js", assets: ["worker.js"] },
};

const SHELL = { name: "page", entries: ["main.ts"], budgetKb: 60, fonts: /-latin-\d/ };

describe("the weight of a page", () => {
  it("counts what a script imports, and only the fonts such a page loads", () => {
    expect(filesOf(MANIFEST, SHELL).sort()).toEqual(
      ["font-latin-400.woff2", "main.css", "main.js", "shared.js"].sort(),
    );
  });

  it("counts an island's worker only on a page that has the island", () => {
    expect(filesOf(MANIFEST, SHELL)).not.toContain("worker.js");
    expect(filesOf(MANIFEST, { ...SHELL, entries: ["main.ts", "map.ts"] })).toContain("worker.js");
  });

  it("says so when nothing was built", () => {
    expect(() => filesOf({}, SHELL)).toThrow("build first");
  });

  it("counts text compressed and fonts as they are", () => {
    const content = new Uint8Array(5000);
    expect(sentBytes("main.js", content)).toBeLessThan(200);
    expect(sentBytes("font.woff2", content)).toBe(5000);
  });
});

describe("the list of licences", () => {
  it("names what is bundled and not what only builds it", () => {
    const packages = {
      "": {},
      "node_modules/maplibre-gl": { version: "6" },
      "node_modules/vite": { version: "8", dev: true },
    };
    expect(bundledPackages({ packages }).map(([folder]) => folder)).toEqual([
      "node_modules/maplibre-gl",
    ]);
  });
});

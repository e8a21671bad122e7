// What a page weighs when it travels, read from what was built; fails above the budget.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

export interface Entry {
  readonly file: string;
  readonly src?: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

export type Manifest = Readonly<Record<string, Entry>>;

export interface Shell {
  readonly name: string;
  readonly entries: readonly string[];
  /** Kilobytes of 1,000 bytes. */
  readonly budgetKb: number;
  /** Fonts that such a page loads; the browser leaves the others out by their unicode-range. */
  readonly fonts: RegExp;
}

/** What the page's own text and the council's colours may take beside what is built here. */
export const PAGE_KB = 8;

const SHELLS: readonly Shell[] = [
  { name: "page without map", entries: ["main.ts"], budgetKb: 60, fonts: /-latin-\d/ },
  {
    name: "page with map",
    entries: ["main.ts", "islands/places/place-map.ts", "islands/sensing/live.ts"],
    budgetKb: 520,
    fonts: /\.woff2$/,
  },
  {
    name: "page of a measured property",
    entries: ["main.ts", "islands/sensing/map.ts", "islands/sensing/live.ts"],
    budgetKb: 525,
    fonts: /\.woff2$/,
  },
];

/** Every file a shell loads: scripts and what they import, styles, fonts and the map's worker. */
export function filesOf(manifest: Manifest, shell: Shell): string[] {
  const files = new Set<string>();
  const waiting = [...shell.entries];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const entry = manifest[key];
    if (entry === undefined) throw new Error(`The manifest has no ${key}; build first.`);
    if (files.has(entry.file)) continue;
    files.add(entry.file);
    for (const style of entry.css ?? []) files.add(style);
    for (const asset of entry.assets ?? []) {
      if (!asset.endsWith(".woff2") || shell.fonts.test(asset)) files.add(asset);
    }
    waiting.push(...(entry.imports ?? []));
  }
  return [...files];
}

/** Bytes of a file as it is sent; fonts are compressed already. */
export function sentBytes(name: string, content: Uint8Array): number {
  return name.endsWith(".woff2") ? content.length : gzipSync(content, { level: 6 }).length;
}

function main(): void {
  const folder = new URL("../src/hereabouts/static/hereabouts/app/", import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as Manifest;
  let isOver = false;
  for (const shell of SHELLS) {
    const sizes = filesOf(manifest, shell).map((name) => ({
      name,
      kb: sentBytes(name, readFileSync(new URL(name, folder))) / 1000,
    }));
    const total = sizes.reduce((sum, { kb }) => sum + kb, PAGE_KB);
    console.log(`${shell.name}: ${total.toFixed(1)} KB of ${shell.budgetKb} KB`);
    for (const { name, kb } of sizes) console.log(`  ${kb.toFixed(1).padStart(6)}  ${name}`);
    console.log(`  ${PAGE_KB.toFixed(1).padStart(6)}  the page itself (allowance)`);
    if (total > shell.budgetKb) {
      console.error(`${shell.name} is ${(total - shell.budgetKb).toFixed(1)} KB over its budget.`);
      isOver = true;
    }
  }
  process.exitCode = isOver ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();

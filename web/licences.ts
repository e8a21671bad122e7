// The licences of what is bundled, in one file beside it, as those licences ask.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** The packages of a lock file that end up in the bundle, by folder. */
export function bundledPackages(lock: { packages: Record<string, Locked> }): [string, Locked][] {
  return Object.entries(lock.packages).filter(
    ([folder, { dev, optional }]) => folder !== "" && dev !== true && optional !== true,
  );
}

/** A step of the build that writes `licences.txt`. */
export function licences(root: string): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
      const source = bundledPackages(lock)
        .map(([folder, found]) => paragraph(root, folder, found))
        .join("\n\n");
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

function paragraph(root: string, folder: string, { version, license }: Locked): string {
  const name = folder.replace(/^.*node_modules\//, "");
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = file === undefined ? "" : readFileSync(join(root, folder, file), "utf8").trim();
  return `${"=".repeat(72)}\n${name} ${version ?? ""} (${license ?? "see below"})\n\n${text}`;
}

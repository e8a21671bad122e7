import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { compress } from "./compress.ts";
import { licences } from "./licences.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
// The package ships what is built here, so it lands inside the package.
const output = fileURLToPath(new URL("../src/hereabouts/static/hereabouts/app", import.meta.url));

export default defineConfig({
  // Relative, so that the files work under whatever address static files have.
  base: "./",
  plugins: [licences(here), compress()],
  build: {
    outDir: output,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    // MapLibre is one piece of a megabyte; budgets.ts watches the weight instead.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: { main: "main.ts" } },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: ["node_modules"] } } },
  worker: { format: "es" },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
  },
});

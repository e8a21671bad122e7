// Compressed copies beside every built text file, so that any server can send them as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(js|css|svg|json)$/;
/** Below this a copy saves less than its own headers. */
const SMALLEST_BYTES = 1000;

/** A step after the build that writes `.gz` and `.br` files. */
export function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    writeBundle({ dir }) {
      const folder = join(dir ?? ".", "assets");
      for (const name of readdirSync(folder).filter((file) => COMPRESSIBLE.test(file))) {
        const path = join(folder, name);
        const content = readFileSync(path);
        if (content.length < SMALLEST_BYTES) continue;
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content));
      }
    },
  };
}

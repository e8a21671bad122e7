// Which palette the page wants now, and telling when that changes.
import { DARK, LIGHT, type Palette } from "./palette.ts";

const DEVICE = "(prefers-color-scheme: dark)";

/** The reader's own choice first, the device's second. */
export function currentPalette(): Palette {
  const chosen = document.documentElement.dataset["theme"];
  const isDark = chosen === undefined ? matchMedia(DEVICE).matches : chosen === "dark";
  return isDark ? DARK : LIGHT;
}

/** Call when the device changes between light and dark. */
export function onPaletteChange(act: (palette: Palette) => void): void {
  matchMedia(DEVICE).addEventListener("change", () => act(currentPalette()));
}

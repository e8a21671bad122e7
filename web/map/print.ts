// The map on paper: browsers print an empty canvas, so a picture of it stands in.
import type { Map as BaseMap } from "maplibre-gl";
import { make } from "./elements.ts";
import { currentPalette } from "./theme.ts";
import { DARK } from "./palette.ts";

/** Keep a picture ready for the printer whenever the browser says it is about to print. */
export function addPrinting(root: HTMLElement, map: BaseMap, label: string): void {
  const picture = make("img", { class: "app-map__print", alt: label });
  root.append(picture);
  window.addEventListener("beforeprint", () => {
    map.redraw();
    picture.classList.toggle("app-map__print--dark", currentPalette() === DARK);
    picture.src = map.getCanvas().toDataURL("image/png");
  });
}

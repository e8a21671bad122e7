// The map on paper: browsers print an empty canvas, so a picture of it stands in.
import type { Map as BaseMap } from "maplibre-gl";
import { make } from "./elements.ts";
import { DARK } from "./palette.ts";
import { currentPalette } from "./theme.ts";

/** Keep a picture ready for the printer whenever the browser says it is about to print. */
export function addPrinting(root: HTMLElement, map: BaseMap, label: string): void {
  const picture = make("img", { class: "app-map__print", alt: label });
  root.append(picture);
  window.addEventListener("beforeprint", () => {
    map.redraw();
    picture.classList.toggle("app-map__print--dark", currentPalette() === DARK);
    picture.src = withScale(map).toDataURL("image/png");
  });
}

/** The map with its scale bar drawn in: paper may show it at any size. */
function withScale(map: BaseMap): HTMLCanvasElement {
  const drawn = map.getCanvas();
  const copy = make("canvas", { width: String(drawn.width), height: String(drawn.height) });
  const pen = copy.getContext("2d");
  const bar = map.getContainer().querySelector<HTMLElement>(".maplibregl-ctrl-scale");
  if (pen === null) return drawn;
  pen.drawImage(drawn, 0, 0);
  if (bar === null) return copy;
  const ratio = drawn.width / drawn.clientWidth;
  pen.scale(ratio, ratio);
  const [left, bottom] = [10, drawn.clientHeight - 10];
  pen.fillStyle = currentPalette().halo;
  pen.fillRect(left - 4, bottom - 24, bar.offsetWidth + 8, 30);
  pen.fillStyle = pen.strokeStyle = currentPalette().label;
  pen.lineWidth = 2;
  pen.strokeRect(left, bottom - 1, bar.offsetWidth, 2);
  pen.font = '14px "Atkinson Hyperlegible Next", sans-serif';
  pen.fillText(bar.textContent ?? "", left + 2, bottom - 6);
  return copy;
}

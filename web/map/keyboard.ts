// A cross in the middle of the map for those who steer it with keys, and words for what is under it.
import type { Map as BaseMap } from "maplibre-gl";
import type { Card } from "./card.ts";
import { make } from "./elements.ts";
import type { Inspector } from "./inspect.ts";
import type { Words } from "./words.ts";

interface Parts {
  readonly card: Card;
  readonly words: Words;
  readonly inspector: Inspector;
}

/** Show the cross while the map has the focus; Enter opens what is under it. */
export function addCrosshair(root: HTMLElement, map: BaseMap, { card, words, inspector }: Parts): void {
  const canvas = map.getCanvas();
  const cross = make("div", { class: "app-map__crosshair", "aria-hidden": "true" });
  const said = make("p", { class: "govuk-visually-hidden", "aria-live": "polite" });
  const hint = make("p", { class: "app-map__keys", id: `${canvas.id}-keys` }, words.keys);
  canvas.setAttribute("aria-describedby", hint.id);
  root.append(cross, hint, said);

  const middle = (): [number, number] => [canvas.clientWidth / 2, canvas.clientHeight / 2];
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    card.open(...middle());
  });
  map.on("idle", () => {
    if (document.activeElement !== canvas) return;
    const names = inspector.at(...middle()).slice(0, 2);
    said.textContent = names.map((shown) => shown.name).join(", ");
  });
}

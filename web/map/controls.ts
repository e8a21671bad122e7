// Buttons that do all that dragging and scrolling do, for one pointer and for the keyboard.
import type { Map as BaseMap } from "maplibre-gl";
import { icon, make } from "./elements.ts";
import type { Words } from "./words.ts";

const ARROWS = {
  north: "M10 15V5m-4 4 4-4 4 4",
  south: "M10 5v10m-4-4 4 4 4-4",
  west: "M15 10H5m4-4-4 4 4 4",
  east: "M5 10h10m-4-4 4 4-4 4",
} as const;
const PLUS = "M10 4v12M4 10h12";
const MINUS = "M4 10h12";
const HOME = "M4 9.500 10 4l6 5.500V16h-4v-4H8v4H4Z";
/** Part of the map's height and width that one press moves. */
const STEP = 0.35;

/** Zoom buttons and a cross of arrows with the way back in its middle. */
export function addControls(root: HTMLElement, map: BaseMap, words: Words, reset: () => void): void {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const motion = (): { duration: number } => ({ duration: isStill.matches ? 0 : 250 });
  const pan = (x: number, y: number) => (): void => {
    const { clientWidth, clientHeight } = map.getContainer();
    map.panBy([x * clientWidth * STEP, y * clientHeight * STEP], motion());
  };
  const zoom = make(
    "div",
    { class: "app-map__zoom" },
    button(words.zoomIn, PLUS, "zoom-in", () => map.zoomIn(motion())),
    button(words.zoomOut, MINUS, "zoom-out", () => map.zoomOut(motion())),
  );
  const cross = make(
    "div",
    { class: "app-map__cross" },
    button(words.panNorth, ARROWS.north, "north", pan(0, -1)),
    button(words.panWest, ARROWS.west, "west", pan(-1, 0)),
    button(words.reset, HOME, "reset", reset),
    button(words.panEast, ARROWS.east, "east", pan(1, 0)),
    button(words.panSouth, ARROWS.south, "south", pan(0, 1)),
  );
  root.append(make("div", { class: "app-map__controls" }, zoom, cross));
}

function button(name: string, path: string, slot: string, act: () => void): HTMLButtonElement {
  const element = make(
    "button",
    { type: "button", class: `app-map__button app-map__button--${slot}`, "aria-label": name, title: name },
    icon(path),
  );
  element.addEventListener("click", act);
  return element;
}

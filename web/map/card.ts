// The card a click or the Enter key opens: what is there, as links. It never goes anywhere by
// itself, because a slip of the finger on a map should not cost anyone the page they were on.
import { type Map as BaseMap, Marker } from "maplibre-gl";
import { icon, make } from "./elements.ts";
import type { Inspector } from "./inspect.ts";
import type { Words } from "./words.ts";

const MOST_LINKS = 4;

/** Opens the card at points of the map and closes it again. */
export class Card {
  readonly #map: BaseMap;
  readonly #root: HTMLElement;
  readonly #words: Words;
  readonly #inspector: Inspector;
  #pin: Marker | undefined;
  #card: HTMLElement | undefined;

  constructor(root: HTMLElement, map: BaseMap, words: Words, inspector: Inspector) {
    this.#root = root;
    this.#map = map;
    this.#words = words;
    this.#inspector = inspector;
    map.on("click", (event) => this.open(event.point.x, event.point.y));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#card !== undefined) this.close(true);
    });
  }

  /** Put a pin at a point of the screen and list what is there. */
  open(x: number, y: number): void {
    this.close(false);
    const place = this.#map.unproject([x, y]);
    this.#pin = new Marker({ element: pinElement(), anchor: "bottom" })
      .setLngLat(place)
      .addTo(this.#map);
    const links = this.#inspector
      .at(x, y)
      .slice(0, MOST_LINKS)
      .map((shown) => ({ name: shown.name, href: shown.href }));
    const at = `/at?lat=${place.lat.toFixed(6)}&lon=${place.lng.toFixed(6)}`;
    this.#show([...links, { name: this.#words.here, href: at }]);
  }

  /** Take pin and card away; give the focus back to the map where it was in the card. */
  close(isFocusReturned: boolean): void {
    this.#pin?.remove();
    this.#card?.remove();
    this.#pin = this.#card = undefined;
    if (isFocusReturned) this.#map.getCanvas().focus();
  }

  #show(links: readonly { name: string; href: string }[]): void {
    const close = make(
      "button",
      { type: "button", class: "app-map__close", "aria-label": this.#words.close },
      icon("m5 5 10 10M15 5 5 15"),
    );
    close.addEventListener("click", () => this.close(true));
    const items = links.map(({ name, href }) =>
      make("li", {}, make("a", { class: "govuk-link", href }, name)),
    );
    const card = make(
      "div",
      { class: "app-map__card", role: "group", "aria-label": this.#words.here },
      make("ul", { class: "app-map__card-list" }, ...items),
      close,
    );
    this.#card = card;
    this.#root.append(card);
    card.querySelector("a")?.focus({ preventScroll: true });
  }
}

/** A pin whose point is the place. */
export function pinElement(): HTMLElement {
  const pin = make("div", { class: "app-map__pin" });
  pin.append(icon("M10 1a6 6 0 0 0-6 6c0 4.500 6 12 6 12s6-7.500 6-12a6 6 0 0 0-6-6Zm0 8.200a2.200 2.200 0 1 1 0-4.400 2.200 2.200 0 0 1 0 4.400Z"));
  return pin;
}

// The list of what the map shows: the same things, as links, under headings.
import type { Map as BaseMap } from "maplibre-gl";
import type { Kind, Shown } from "../core/features.ts";
import { make } from "./elements.ts";
import type { Inspector } from "./inspect.ts";
import type { Words } from "./words.ts";

const MOST_OF_A_KIND = 40;

/** A button below the map that opens the list; the list follows the map while it is open. */
export function addListing(
  frame: HTMLElement,
  map: BaseMap,
  words: Words,
  inspector: Inspector,
): void {
  const list = make("div", { class: "app-map__list", id: `${map.getCanvas().id}-list`, hidden: "" });
  const button = make(
    "button",
    {
      type: "button",
      class: "app-map__list-button",
      "aria-expanded": "false",
      "aria-controls": list.id,
    },
    words.list,
  );
  const fill = (): void => {
    if (!list.hidden) list.replaceChildren(...sections(inspector.inView(), words));
  };
  button.addEventListener("click", () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
    button.textContent = list.hidden ? words.list : words.listHide;
    fill();
  });
  map.on("idle", fill);
  frame.after(make("div", { class: "app-map__toolbar" }, button), list);
}

function sections(shown: ReadonlyMap<Kind, Shown[]>, words: Words): Node[] {
  const headings: Record<Kind, string> = {
    place: words.places,
    street: words.streets,
    premises: words.premises,
    asset: words.assets,
    area: words.areas,
  };
  const found = [...shown].filter(([, items]) => items.length > 0);
  if (found.length === 0) return [make("p", { class: "govuk-body-s" }, words.listEmpty)];
  return found.map(([kind, items]) => {
    const lines = items.slice(0, MOST_OF_A_KIND).map(line);
    const rest = items.length - lines.length;
    if (rest > 0) lines.push(make("li", {}, words.listMore.replace("{count}", String(rest))));
    return make(
      "section",
      {},
      make("h3", { class: "govuk-heading-s app-map__list-title" }, headings[kind]),
      make("ul", { class: "app-map__list-items" }, ...lines),
    );
  });
}

function line(shown: Shown): HTMLLIElement {
  if (shown.href === "") return make("li", {}, shown.name);
  return make("li", {}, make("a", { class: "govuk-link", href: shown.href }, shown.name));
}

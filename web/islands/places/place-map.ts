// <div data-island="place-map">: the map of a place, beside the same content in words.
import { createPlaceMap, type PlaceMapOptions } from "../../map/place-map.ts";
import { parseWords, type Words } from "../../map/words.ts";

/** Read the attributes the server wrote and draw the map in their place. */
export async function start(root: HTMLElement): Promise<void> {
  const words = parseWords(root.dataset["words"]);
  root.dataset["state"] = "starting";
  try {
    const map = await createPlaceMap(root, optionsOf(root, words));
    await map.once("idle");
    root.dataset["state"] = "ready";
  } catch (error) {
    // No WebGL, mostly. The page is complete without the map, so say so and stop.
    root.dataset["state"] = "failed";
    const message = document.createElement("p");
    message.className = "app-map__plain govuk-body-s";
    message.textContent = words.failed;
    root.replaceChildren(message);
    console.warn("The map could not be drawn", error);
  }
}

function optionsOf({ dataset }: HTMLElement, words: Words): PlaceMapOptions {
  const kind = dataset["featureKind"] ?? "";
  const bounds = boundsOf(dataset["bounds"]);
  return {
    tiles: dataset["tiles"] ?? "",
    label: dataset["label"] ?? words.map,
    language: document.documentElement.lang.slice(0, 2) || "en",
    attribution: dataset["attribution"] ?? "",
    words,
    centre: centreOf(numberOf(dataset["lon"]), numberOf(dataset["lat"]), bounds),
    zoom: numberOf(dataset["zoom"]),
    bounds,
    assetNames: JSON.parse(dataset["assetNames"] ?? "{}") as Record<string, string>,
    chosen: kind === "" ? undefined : { kind, uid: dataset["featureUid"] ?? "" },
  };
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === "" || Number.isNaN(number) ? undefined : number;
}

/** The point the server named, or the middle of what it framed. */
function centreOf(lon?: number, lat?: number, bounds?: Bounds): [number, number] {
  const [[west, south], [east, north]] = bounds ?? [
    [0, 0],
    [0, 0],
  ];
  return [lon ?? (west + east) / 2, lat ?? (south + north) / 2];
}

type Bounds = [[number, number], [number, number]];

function boundsOf(text: string | undefined): Bounds | undefined {
  const [west, south, east, north] = (text ?? "").split(",").map(numberOf);
  if (west === undefined || south === undefined || east === undefined || north === undefined) {
    return undefined;
  }
  return [
    [west, south],
    [east, north],
  ];
}

// The map of a place: base style, buttons, keys, card, list and print, around one MapLibre map.
import {
  type LngLatBoundsLike,
  Map as BaseMap,
  type MapOptions,
  Marker,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { formatView, parseView } from "../core/view-link.ts";
import { Card, pinElement } from "./card.ts";
import type { Chosen } from "./chosen.ts";
import { addControls } from "./controls.ts";
import { make } from "./elements.ts";
import { Inspector } from "./inspect.ts";
import { addCrosshair } from "./keyboard.ts";
import { addListing } from "./listing.ts";
import { addPrinting } from "./print.ts";
import { buildStyle } from "./style.ts";
import { drawSymbol, SYMBOL_PREFIX } from "./symbols.ts";
import { currentPalette, onPaletteChange } from "./theme.ts";
import type { Words } from "./words.ts";

setWorkerUrl(workerUrl);

/** Half a street, when nothing says how near to look. */
const DEFAULT_ZOOM = 15;
/** Ground around a feature in pixels, with room for the buttons: on the right, or above. */
const ROOM = { top: 40, right: 112, bottom: 40, left: 40 };
const ROOM_ON_NARROW_SCREEN = { top: 112, right: 24, bottom: 32, left: 24 };
const NARROW_PX = 640;
const LONGEST_CREDIT_ON_MAP = 60;

export interface PlaceMapOptions {
  readonly tiles: string;
  readonly label: string;
  readonly language: string;
  readonly attribution: string;
  readonly words: Words;
  /** What each type of asset is called. */
  readonly assetNames: Readonly<Record<string, string>>;
  readonly centre: readonly [number, number];
  readonly zoom: number | undefined;
  readonly bounds: LngLatBoundsLike | undefined;
  readonly chosen: Chosen | undefined;
}

let count = 0;

/** Draw the map into its frame. Throws where the device cannot draw it. */
export async function createPlaceMap(root: HTMLElement, options: PlaceMapOptions): Promise<BaseMap> {
  await loadFonts();
  const canvasRoot = make("div", { class: "app-map__canvas" });
  root.replaceChildren(canvasRoot);
  const map = new BaseMap({
    container: canvasRoot,
    style: styleOf(options),
    ...startOf(options),
    minZoom: 7,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    locale: localeOf(options),
    pixelRatio: Math.min(devicePixelRatio, 2),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  nameCanvas(map, options.label);
  drawSymbols(map);
  onPaletteChange(() => map.setStyle(styleOf(options)));
  furnish(root, map, options);
  markPoint(map, options);
  followAddress(map);
  return map;
}

function styleOf({ tiles, language, chosen }: PlaceMapOptions): NonNullable<MapOptions["style"]> {
  return buildStyle({
    palette: currentPalette(),
    tiles: new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}"),
    language,
    chosen,
  });
}

/** Labels are drawn with the page's own fonts, which have to be there before the first label. */
async function loadFonts(): Promise<void> {
  const sample = "Aŵŷ";
  await Promise.all([
    document.fonts.load('400 24px "Atkinson Hyperlegible Next"', sample),
    document.fonts.load('700 24px "Hereabouts Bold"', sample),
  ]);
}

type Start = Pick<MapOptions, "center" | "zoom" | "bounds" | "fitBoundsOptions">;

/** The view of the address first, then the feature's own extent, then a point. */
function startOf({ centre, zoom, bounds }: PlaceMapOptions): Start {
  const linked = parseView(location.hash);
  if (linked !== undefined) return { center: [linked.lon, linked.lat], zoom: linked.zoom };
  if (bounds !== undefined) {
    const padding = innerWidth < NARROW_PX ? ROOM_ON_NARROW_SCREEN : ROOM;
    return { bounds, fitBoundsOptions: { padding, maxZoom: 17.5 } };
  }
  return { center: [...centre], zoom: zoom ?? DEFAULT_ZOOM };
}

function localeOf({ words, label }: PlaceMapOptions): Record<string, string> {
  return {
    "Map.Title": label,
    "CooperativeGesturesHandler.WindowsHelpText": words.gestureKey,
    "CooperativeGesturesHandler.MacHelpText": words.gestureKey,
    "CooperativeGesturesHandler.MobileHelpText": words.gestureTouch,
  };
}

function nameCanvas(map: BaseMap, label: string): void {
  const canvas = map.getCanvas();
  canvas.id = `map-${++count}`;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", label);
}

function drawSymbols(map: BaseMap): void {
  map.setMissingStyleImageResolver((id) => {
    const ratio = Math.min(devicePixelRatio, 2);
    const image = drawSymbol(id, currentPalette(), ratio);
    if (image !== undefined && id.startsWith(SYMBOL_PREFIX)) {
      map.addImage(id, image, { pixelRatio: ratio });
    }
  });
}

function furnish(root: HTMLElement, map: BaseMap, options: PlaceMapOptions): void {
  const { words, language, label } = options;
  const home = startOf(options);
  map.addControl(new ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
  addControls(root, map, words, () => goHome(map, home));
  const inspector = new Inspector(map, language, options.assetNames);
  const card = new Card(root, map, words, inspector);
  addCrosshair(root, map, { card, words, inspector });
  addListing(root, map, words, inspector);
  addPrinting(root, map, label);
  addAttribution(root, options.attribution);
  addTrouble(root, map, words);
}

/** On the map while it is short, below it when it would cover what it credits. */
function addAttribution(root: HTMLElement, attribution: string): void {
  if (attribution === "") return;
  const isLong = attribution.length > LONGEST_CREDIT_ON_MAP;
  const place = isLong ? "app-map__credit" : "app-map__attribution";
  const line = make("p", { class: place }, attribution);
  if (isLong) root.after(line);
  else root.append(line);
}

function goHome(map: BaseMap, home: Start): void {
  if (home.bounds !== undefined) {
    map.fitBounds(home.bounds as LngLatBoundsLike, { ...home.fitBoundsOptions, duration: 0 });
  } else {
    map.jumpTo({ center: home.center ?? [0, 0], zoom: home.zoom ?? DEFAULT_ZOOM });
  }
}

/** A pin for pages about a point: a postcode, or wherever someone dropped one. */
function markPoint(map: BaseMap, { chosen, centre }: PlaceMapOptions): void {
  if (chosen === undefined || !["point", "postcode"].includes(chosen.kind)) return;
  new Marker({ element: pinElement(), anchor: "bottom" }).setLngLat([...centre]).addTo(map);
}

/** Say so when tiles fail, and stop saying it once all is drawn again. */
function addTrouble(root: HTMLElement, map: BaseMap, words: Words): void {
  const note = make("p", { class: "app-map__trouble", role: "status", hidden: "" });
  root.append(note);
  let hasFailed = false;
  map.on("error", () => {
    hasFailed = true;
    note.textContent = words.noTiles;
    note.hidden = false;
  });
  map.on("movestart", () => (hasFailed = false));
  map.on("idle", () => {
    if (!hasFailed) note.hidden = true;
  });
}

/** Keep the view in the address, so that it can be sent to someone, and follow a changed one. */
function followAddress(map: BaseMap): void {
  // Only from when the first view stands: opening a page does not change its address.
  void map.once("idle").then(() => {
    map.on("moveend", () => {
      const { lat, lng } = map.getCenter();
      history.replaceState(history.state, "", formatView({ zoom: map.getZoom(), lat, lon: lng }));
    });
  });
  window.addEventListener("hashchange", () => {
    const view = parseView(location.hash);
    if (view !== undefined) map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
  });
}

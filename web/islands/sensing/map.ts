// <div data-island="sensing-map">: one property on the map, now and over the last day.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as BaseMap } from "maplibre-gl";
import { shadeOf } from "../../core/readings.ts";
import { make } from "../../map/elements.ts";
import { createPlaceMap } from "../../map/place-map.ts";
import { currentPalette } from "../../map/theme.ts";
import { parseWords } from "../../map/words.ts";
import { NEW_VALUES } from "./live.ts";

interface StepStream {
  readonly id: number;
  readonly thing: number;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly shown: string;
  readonly values: readonly (number | null)[];
}

interface Steps {
  readonly unit: string;
  readonly step_s: number;
  readonly starts: readonly string[];
  readonly edges: readonly number[];
  readonly shades: readonly string[];
  readonly streams: readonly StepStream[];
}

interface Words {
  readonly slider: string;
  readonly play: string;
  readonly stop: string;
  readonly now: string;
  readonly none: string;
  readonly failed: string;
  readonly at: string;
  readonly nowSentence: string;
}

interface LiveValue {
  readonly stream_id: number;
  readonly number: number | null;
  readonly shown: string;
}

const SOURCE = "readings";
const LAYER = "readings";
const PLAY_MS = 700;

export async function start(root: HTMLElement): Promise<void> {
  const words = parseWords(root.dataset["words"]);
  const own = JSON.parse(root.dataset["sliderWords"] ?? "{}") as Words;
  root.dataset["state"] = "starting";
  try {
    const [steps, map] = await Promise.all([fetchSteps(root), drawMap(root)]);
    new ReadingsMap(root, map, steps, own).begin();
    await map.once("idle");
    root.dataset["state"] = "ready";
  } catch (error) {
    root.dataset["state"] = "failed";
    const message = make("p", { class: "app-map__plain govuk-body-s" }, words.failed);
    root.replaceChildren(message);
    console.warn("The map could not be drawn", error);
  }
}

async function fetchSteps(root: HTMLElement): Promise<Steps> {
  const answer = await fetch(root.dataset["steps"] ?? "", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Steps;
}

async function drawMap(root: HTMLElement): Promise<BaseMap> {
  const words = parseWords(root.dataset["words"]);
  const edges = (root.dataset["bounds"] ?? "").split(",").map(Number);
  const [west = 0, south = 0, east = 0, north = 0] = edges;
  return createPlaceMap(root, {
    tiles: root.dataset["tiles"] ?? "",
    label: root.dataset["label"] ?? words.map,
    language: document.documentElement.lang.slice(0, 2) || "en",
    attribution: root.dataset["attribution"] ?? "",
    words,
    centre: [(west + east) / 2, (south + north) / 2],
    zoom: undefined,
    bounds: [
      [west, south],
      [east, north],
    ],
    assetNames: {},
    chosen: undefined,
  });
}

class ReadingsMap {
  /** The step that is shown; one past the last is now. */
  private at: number;
  private timer: number | undefined;
  private readonly latest = new Map<number, LiveValue>();
  private readonly before = new Map<Element, string>();
  private readonly range: HTMLInputElement;
  private readonly time = make("output", { class: "app-slider__time" });
  private readonly playButton = make("button", { type: "button", class: "govuk-button govuk-button--secondary" });

  constructor(
    private readonly root: HTMLElement,
    private readonly map: BaseMap,
    private readonly steps: Steps,
    private readonly words: Words,
  ) {
    this.at = steps.starts.length;
    this.range = make("input", {
      type: "range",
      class: "app-slider__range",
      id: "time-slider",
      min: "0",
      max: String(this.at),
      step: "1",
      value: String(this.at),
    });
  }

  begin(): void {
    this.addSlider();
    // A change of colours makes the style anew, and ours with it.
    this.map.on("style.load", () => this.addLayer());
    if (this.map.isStyleLoaded()) this.addLayer();
    else void this.map.once("load").then(() => this.addLayer());
    this.map.on("click", LAYER, (event) => {
      const href = event.features?.[0]?.properties?.["href"] as string | undefined;
      if (href !== undefined) location.assign(href);
    });
    document.addEventListener(NEW_VALUES, (event) => {
      for (const value of (event as CustomEvent<LiveValue[]>).detail) this.latest.set(value.stream_id, value);
      if (this.isNow) this.draw();
    });
  }

  private get isNow(): boolean {
    return this.at >= this.steps.starts.length;
  }

  private addSlider(): void {
    const { words } = this;
    this.range.setAttribute("aria-valuetext", words.now);
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.playButton.textContent = words.play;
    this.playButton.addEventListener("click", () => (this.timer === undefined ? this.play() : this.stop()));
    const slider = make(
      "div",
      { class: "app-slider" },
      make("label", { class: "app-slider__label", for: this.range.id }, words.slider),
      this.playButton,
      this.range,
      this.time,
    );
    this.time.textContent = words.now;
    this.root.after(slider);
  }

  private play(): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      // One step a press instead of a film.
      this.go(this.isNow ? 0 : this.at + 1);
      return;
    }
    if (this.isNow) this.go(0);
    this.playButton.textContent = this.words.stop;
    this.timer = window.setInterval(() => {
      this.go(this.at + 1);
      if (this.isNow) this.stop();
    }, PLAY_MS);
  }

  private stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
    this.playButton.textContent = this.words.play;
  }

  private go(at: number): void {
    this.at = Math.min(at, this.steps.starts.length);
    this.range.value = String(this.at);
    const text = this.moment();
    this.time.textContent = text;
    this.range.setAttribute("aria-valuetext", text);
    this.draw();
    this.list();
  }

  private moment(): string {
    const start = this.steps.starts[this.at];
    if (start === undefined) return this.words.now;
    return new Date(start).toLocaleString(document.documentElement.lang || "en-GB", {
      timeZone: this.root.dataset["zone"],
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
  }

  private value(stream: StepStream): number | null {
    if (!this.isNow) return stream.values[this.at] ?? null;
    const live = this.latest.get(stream.id)?.number;
    return live ?? stream.values.findLast((value) => value !== null) ?? null;
  }

  private addLayer(): void {
    if (this.map.getSource(SOURCE) !== undefined) return;
    const palette = currentPalette();
    this.map.addSource(SOURCE, { type: "geojson", data: this.features() });
    this.map.addLayer({
      id: LAYER,
      type: "circle",
      source: SOURCE,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 5, 16, 11],
        "circle-color": ["get", "shade"],
        "circle-opacity": ["get", "opacity"],
        "circle-stroke-color": palette.label,
        "circle-stroke-width": 1.75,
      },
    });
  }

  private features(): FeatureCollection {
    const { edges, shades, streams } = this.steps;
    return {
      type: "FeatureCollection",
      features: streams.map((stream) => {
        const shade = shadeOf(this.value(stream), edges, shades);
        return {
          type: "Feature",
          id: stream.id,
          geometry: { type: "Point", coordinates: [stream.lon, stream.lat] },
          properties: {
            shade: shade ?? "#888888",
            opacity: shade === undefined ? 0 : 1,
            href: `/sensors/${stream.thing}/${stream.id}`,
          },
        };
      }),
    };
  }

  private draw(): void {
    this.map.getSource<GeoJSONSource>(SOURCE)?.setData(this.features());
  }

  /** The list beside the map says the same as the map. */
  private list(): void {
    const sentence = document.querySelector("[data-live='moment']");
    if (sentence !== null) {
      sentence.textContent = this.isNow ? this.words.nowSentence : this.words.at.replace("{moment}", this.moment());
    }
    for (const stream of this.steps.streams) {
      const row = document.querySelector(`[data-stream="${stream.id}"]`);
      const place = row?.querySelector<HTMLElement>("[data-live='value']");
      if (row === null || place === null || place === undefined) continue;
      if (!this.before.has(place)) this.before.set(place, place.textContent ?? "");
      this.paint(row, stream);
      if (this.isNow) place.textContent = this.latest.get(stream.id)?.shown ?? this.before.get(place) ?? "";
      else place.textContent = this.text(stream);
    }
  }

  private paint(row: Element, stream: StepStream): void {
    const shade = shadeOf(this.value(stream), this.steps.edges, this.steps.shades);
    row.querySelector(".app-swatch circle")?.setAttribute("fill", shade ?? "none");
  }

  private text(stream: StepStream): string {
    const value = this.value(stream);
    if (value === null) return this.words.none;
    const shown = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 }).format(value);
    return `${shown}\u00a0${this.steps.unit}`.trim();
  }
}

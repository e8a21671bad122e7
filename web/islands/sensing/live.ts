// <div data-island="sensing-live">: new values take the place of old ones while the page is open.
// Without a connection the page stays as it was sent, and says so by the age of its values.
import { ago, linePath, type Point } from "../../core/readings.ts";
import { make } from "../../map/elements.ts";

interface Value {
  readonly stream_id: number;
  readonly started: number;
  readonly number: number | null;
  readonly shown: string;
  readonly truth: boolean | null;
  readonly flags: readonly string[];
}

interface Words {
  readonly pause: string;
  readonly resume: string;
  readonly announce: string;
  readonly silence: string;
  readonly live: string;
  readonly paused: string;
  readonly justNow: string;
  readonly yes: string;
  readonly no: string;
}

const TICK_MS = 15_000;
const DAY_S = 86_400;
const MOST_ANNOUNCED = 3;
/** Told to the map beside the list, so that both show the same. */
export const NEW_VALUES = "hereabouts:values";

export function start(root: HTMLElement): void {
  const address = root.dataset["liveAddress"];
  const words = JSON.parse(root.dataset["words"] ?? "{}") as Words;
  if (address === undefined || !("EventSource" in window)) return;
  new Live(root, address, words).begin();
}

class Live {
  private source: EventSource | undefined;
  private isPaused = false;
  private isAnnouncing = false;
  private readonly language = document.documentElement.lang || "en";
  private readonly state = make("span", {});
  private readonly pauseButton = make("button", { type: "button", class: "app-live__button" });
  private readonly announceButton = make("button", { type: "button", class: "app-live__button" });
  private readonly announced = make("p", { class: "govuk-visually-hidden", "aria-live": "off" });
  private readonly tools = make("p", { class: "app-live__tools", hidden: "" });

  constructor(
    private readonly root: HTMLElement,
    private readonly address: string,
    private readonly words: Words,
  ) {}

  begin(): void {
    this.announceButton.setAttribute("aria-pressed", "false");
    this.tools.append(
      make("span", {}, make("span", { class: "app-live__dot", "aria-hidden": "true" }), this.state),
      this.pauseButton,
      this.announceButton,
    );
    this.root.prepend(this.tools, this.announced);
    this.pauseButton.addEventListener("click", () => this.pause(!this.isPaused));
    this.announceButton.addEventListener("click", () => this.announce(!this.isAnnouncing));
    this.label();
    this.open();
    window.setInterval(() => this.tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => {
      // A page nobody sees costs nobody a connection.
      if (document.hidden) this.close();
      else if (!this.isPaused) this.open();
    });
    window.addEventListener("pagehide", () => this.close());
  }

  private open(): void {
    if (this.source !== undefined) return;
    this.source = new EventSource(this.address);
    this.source.addEventListener("open", () => (this.tools.hidden = false));
    this.source.addEventListener("values", (event) => this.take(event as MessageEvent<string>));
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
  }

  private pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (isPaused) this.close();
    else this.open();
    this.label();
  }

  private announce(isAnnouncing: boolean): void {
    this.isAnnouncing = isAnnouncing;
    this.announced.setAttribute("aria-live", isAnnouncing ? "polite" : "off");
    this.announced.textContent = "";
    this.label();
  }

  private label(): void {
    const { words } = this;
    this.root.dataset["liveState"] = this.isPaused ? "paused" : "live";
    this.state.textContent = this.isPaused ? words.paused : words.live;
    this.pauseButton.textContent = this.isPaused ? words.resume : words.pause;
    this.announceButton.textContent = this.isAnnouncing ? words.silence : words.announce;
    this.announceButton.setAttribute("aria-pressed", String(this.isAnnouncing));
  }

  private take(event: MessageEvent<string>): void {
    const { values } = JSON.parse(event.data) as { values: Value[] };
    const told: string[] = [];
    for (const value of values) {
      for (const row of this.root.querySelectorAll(`[data-stream="${value.stream_id}"]`)) {
        const name = this.show(row, value);
        if (name !== undefined) told.push(name);
      }
    }
    if (this.isAnnouncing) this.announced.textContent = told.slice(0, MOST_ANNOUNCED).join("; ");
    document.dispatchEvent(new CustomEvent(NEW_VALUES, { detail: values }));
  }

  /** Put a value in its place; what to say of it, or nothing where it is not news. */
  private show(row: Element, value: Value): string | undefined {
    const place = row.querySelector<HTMLElement>("[data-live='value']");
    const time = row.querySelector<HTMLTimeElement>("[data-live='age']");
    const moment = value.started / 1000;
    if (place === null || (time !== null && Date.parse(time.dateTime) >= moment)) return undefined;
    place.textContent = this.text(value);
    this.extend(row, value);
    if (time !== null) {
      time.dateTime = new Date(moment).toISOString();
      time.textContent = ago(moment, Date.now(), this.language, this.words.justNow);
      time.title = new Date(moment).toLocaleString(this.language);
    }
    place.classList.remove("app-live__new");
    // Read once, so that the browser starts the animation anew.
    void place.offsetWidth;
    place.classList.add("app-live__new");
    return `${row.querySelector("a")?.textContent?.trim() ?? ""} ${this.text(value)}`.trim();
  }

  /** Add a number to the line of the last day. */
  private extend(row: Element, value: Value): void {
    const spark = row.querySelector<SVGSVGElement>("svg[data-points]");
    if (spark === null || value.number === null) return;
    const now = Date.now() / 1000;
    const points = parsePoints(spark.dataset["points"] ?? "");
    points.push([value.started / 1_000_000, value.number]);
    const kept = points.filter(([time]) => time > now - DAY_S);
    const { width, height } = spark.viewBox.baseVal;
    const frame = { since: now - DAY_S, until: now, width, height, margin: 4 };
    const path = linePath(kept, frame, Number(spark.dataset["longest"]));
    spark.dataset["points"] = kept.map((point) => point.join(",")).join(" ");
    spark.querySelector("path")?.setAttribute("d", path);
    const [x, y] = path.split(/[ML]/).at(-1)?.trim().split(" ") ?? [];
    if (x !== undefined && y !== undefined) {
      spark.querySelector("circle")?.setAttribute("cx", x);
      spark.querySelector("circle")?.setAttribute("cy", y);
    }
  }

  private text({ truth, shown }: Value): string {
    if (truth === null) return shown;
    return truth ? this.words.yes : this.words.no;
  }

  private tick(): void {
    for (const time of this.root.querySelectorAll<HTMLTimeElement>("[data-live='age']")) {
      const moment = Date.parse(time.dateTime);
      time.textContent = ago(moment, Date.now(), this.language, this.words.justNow);
    }
  }
}

/** `seconds,value` with spaces between, as the server writes them. */
function parsePoints(text: string): Point[] {
  return text
    .split(" ")
    .map((pair) => pair.split(",").map(Number))
    .flatMap(([time, value]) => (time === undefined || value === undefined ? [] : [[time, value] as const]));
}

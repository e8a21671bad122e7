// What a feature of a tile is to a reader: its name, its page, and where it goes in a list.

export type Kind = "street" | "premises" | "asset" | "area" | "place";

export interface Shown {
  readonly kind: Kind;
  readonly name: string;
  /** Empty for names on the map that have no page. */
  readonly href: string;
}

export type Properties = Readonly<Record<string, unknown>>;

const PAGES: Record<Kind, string> = {
  street: "/streets/",
  premises: "/premises/",
  asset: "/assets/",
  area: "/areas/",
  place: "/premises/",
};

const LAYER_KINDS: Record<string, Kind> = {
  streets: "street",
  street_labels: "street",
  buildings: "premises",
  addresses: "premises",
  assets: "asset",
  areas: "area",
  place_labels: "place",
};

/** The feature as something to name and to link, or nothing when it has neither name nor page. */
export function describe(
  layer: string,
  properties: Properties,
  language: string,
  assetTypes: Readonly<Record<string, string>> = {},
): Shown | undefined {
  const kind = own(LAYER_KINDS, layer);
  if (kind === undefined) return undefined;
  const uid = text(properties["uid"]) || (kind === "area" ? text(properties["code"]) : "");
  const name = nameOf(kind, properties, language, assetTypes);
  if (name === "" || (uid === "" && kind !== "place")) return undefined;
  return { kind, name, href: uid === "" ? "" : PAGES[kind] + encodeURIComponent(uid) };
}

function nameOf(
  kind: Kind,
  properties: Properties,
  language: string,
  assetTypes: Readonly<Record<string, string>>,
): string {
  const given =
    text(properties[`name_${language}`]) ||
    text(properties["name"]) ||
    text(properties["reference"]) ||
    text(properties["number"]);
  if (kind !== "asset") return given;
  const key = text(properties["type"]);
  const type = own(assetTypes, key) ?? sentenceCase(key);
  return given === "" ? type : `${type}: ${given}`;
}

/** A key as words: `bus_stop` becomes "Bus stop". */
export function sentenceCase(key: string): string {
  const words = key.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Each thing once, in alphabetical order of the language. */
export function tidy(found: readonly Shown[], language: string): Shown[] {
  const once = new Map(found.map((shown) => [shown.href === "" ? shown.name : shown.href, shown]));
  return [...once.values()].sort((one, other) =>
    one.name.localeCompare(other.name, language, { numeric: true }),
  );
}

/** A key's own value: keys come from tiles, and every object has a "constructor". */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

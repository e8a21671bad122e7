// What the map's buttons and messages say; the server passes them in the reader's language.

const NAMES = [
  "map", "zoomIn", "zoomOut", "panNorth", "panSouth", "panWest", "panEast", "reset", "list",
  "listHide", "listEmpty", "listMore", "streets", "premises", "assets", "places", "areas", "here",
  "close", "keys", "failed", "noTiles", "gestureKey", "gestureTouch",
] as const;

export type Words = Readonly<Record<(typeof NAMES)[number], string>>;

/** Read the words from an attribute; a missing one shows as its own name, so that it is noticed. */
export function parseWords(json: string | undefined): Words {
  const found: unknown = JSON.parse(json ?? "{}");
  const given = new Map(Object.entries(found ?? {}));
  return Object.fromEntries(NAMES.map((name) => [name, String(given.get(name) ?? name)])) as Words;
}

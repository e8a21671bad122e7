// Where the map looks, as the end of an address: #map=16/51.58770/-2.99510.

export interface View {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

const PATTERN = /^#map=(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;
const LIMITS = { zoom: 22, lat: 85, lon: 180 };

/** The view a fragment names, or nothing when it names none that exists. */
export function parseView(fragment: string): View | undefined {
  const [, zoom, lat, lon] = PATTERN.exec(fragment) ?? [];
  if (zoom === undefined) return undefined;
  const view = { zoom: Number(zoom), lat: Number(lat), lon: Number(lon) };
  const fits =
    view.zoom <= LIMITS.zoom && Math.abs(view.lat) <= LIMITS.lat && Math.abs(view.lon) <= LIMITS.lon;
  return fits ? view : undefined;
}

/** The fragment for a view: two decimals of zoom, five of a degree (about a metre). */
export function formatView(view: View): string {
  const zoom = Math.round(view.zoom * 100) / 100;
  return `#map=${zoom}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`;
}

// The colours of the map by day and by night: quiet ground, so that what is put on it stands out.

export interface Palette {
  readonly land: string;
  readonly residential: string;
  /** The same from far off, where the streets themselves are not drawn. */
  readonly built: string;
  readonly retail: string;
  readonly industrial: string;
  readonly grounds: string;
  readonly grass: string;
  readonly park: string;
  readonly wood: string;
  readonly farmland: string;
  readonly sand: string;
  readonly carPark: string;
  readonly water: string;
  readonly waterLine: string;
  readonly waterLabel: string;
  readonly building: string;
  readonly buildingLine: string;
  readonly rail: string;
  readonly boundary: string;
  readonly hedge: string;
  readonly minor: string;
  readonly minorCasing: string;
  readonly major: string;
  readonly majorCasing: string;
  readonly trunk: string;
  readonly trunkCasing: string;
  readonly path: string;
  readonly label: string;
  readonly labelSoft: string;
  readonly greenLabel: string;
  readonly halo: string;
  readonly symbol: string;
  readonly symbolInk: string;
  readonly symbolGreen: string;
  readonly chosen: string;
  readonly chosenCasing: string;
}

export const LIGHT: Palette = {
  land: "#f6f4ee",
  residential: "#f0ece2",
  built: "#e3dccb",
  retail: "#f3ebe4",
  industrial: "#ecebe9",
  grounds: "#f2efdf",
  grass: "#e1ead2",
  park: "#d3e3c2",
  wood: "#c1d8b0",
  farmland: "#f1f0e2",
  sand: "#f2e8cf",
  carPark: "#eceae6",
  water: "#afc9d7",
  waterLine: "#97b7c8",
  waterLabel: "#35586b",
  building: "#ded8cb",
  buildingLine: "#cbc4b6",
  rail: "#a5a39d",
  boundary: "#8a7f9c",
  hedge: "#b5c7a3",
  minor: "#ffffff",
  minorCasing: "#cdc6b6",
  major: "#fffaea",
  majorCasing: "#c3b99f",
  trunk: "#f8e2b4",
  trunkCasing: "#b79f67",
  path: "#a8998a",
  label: "#2c3236",
  labelSoft: "#555d62",
  greenLabel: "#3c5a34",
  halo: "#fbfaf6",
  symbol: "#4d5a63",
  symbolInk: "#ffffff",
  symbolGreen: "#5f8a52",
  chosen: "#0b57c2",
  chosenCasing: "#ffffff",
};

export const DARK: Palette = {
  land: "#181d20",
  residential: "#1d2326",
  built: "#2a3236",
  retail: "#211f20",
  industrial: "#1e2122",
  grounds: "#20221d",
  grass: "#1a251d",
  park: "#1d3023",
  wood: "#1c3524",
  farmland: "#1a1f1b",
  sand: "#2a261b",
  carPark: "#1f2427",
  water: "#1d3a49",
  waterLine: "#28495a",
  waterLabel: "#9dc3d6",
  building: "#2a3135",
  buildingLine: "#384146",
  rail: "#5c6467",
  boundary: "#80749a",
  hedge: "#2f4634",
  minor: "#434e54",
  minorCasing: "#12171a",
  major: "#5a656a",
  majorCasing: "#0f1416",
  trunk: "#6b624c",
  trunkCasing: "#0f1416",
  path: "#6b6459",
  label: "#e3e1da",
  labelSoft: "#b5babb",
  greenLabel: "#a5c79b",
  halo: "#14181b",
  symbol: "#c3cbce",
  symbolInk: "#14181b",
  symbolGreen: "#7fae73",
  chosen: "#86bcff",
  chosenCasing: "#0b1420",
};

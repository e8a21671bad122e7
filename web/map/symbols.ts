// Small shaped symbols for things in the street, drawn on a canvas when the map first needs them.
import type { Palette } from "./palette.ts";

export const SYMBOL_PREFIX = "asset:";
/** Side of a symbol in CSS pixels. */
export const SYMBOL_SIZE = 20;

type Shape = "disc" | "square" | "diamond" | "triangle" | "dot";
/** Draws within a square from -5 to 5, y downwards. */
type Draw = (pen: Pen) => void;

export interface Recipe {
  readonly shape: Shape;
  readonly tone: "symbol" | "symbolGreen";
  readonly draw?: Draw;
}

/** The few strokes a symbol is made of. */
export interface Pen {
  line(...points: readonly [number, number][]): void;
  fill(...points: readonly [number, number][]): void;
  circle(x: number, y: number, radius: number, isFilled: boolean): void;
}

const box = (x: number, y: number, width: number, height: number): [number, number][] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

const RECIPES: Readonly<Record<string, Recipe>> = {
  street_lamp: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-1, 5], [-1, -4], [3, -4]);
      pen.circle(3, -2.4, 1.5, true);
    },
  },
  bin: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-4, -3.5], [4, -3.5]);
      pen.fill([-3, -2], [3, -2], [2.2, 4.5], [-2.2, 4.5]);
    },
  },
  bench: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-4.5, -2.5], [4.5, -2.5]);
      pen.line([-4.5, 0.5], [4.5, 0.5]);
      pen.line([-3, 0.5], [-3, 4]);
      pen.line([3, 0.5], [3, 4]);
    },
  },
  bus_stop: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-4, 3], [-4, -4], [4, -4], [4, 3], [-4, 3]);
      pen.line([-4, -0.2], [4, -0.2]);
      pen.circle(-2.2, 4.3, 1, true);
      pen.circle(2.2, 4.3, 1, true);
    },
  },
  tree: { shape: "disc", tone: "symbolGreen", draw: (pen) => pen.circle(0, 0, 1.6, true) },
  gully: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      for (const y of [-3, 0, 3]) pen.line([-4, y], [4, y]);
    },
  },
  grit_bin: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.fill(...box(-4, -0.5, 8, 4.5));
      pen.line([-4, -2], [0, -4], [4, -2]);
    },
  },
  post_box: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.line(...box(-4.2, -3, 8.4, 6), [-4.2, -3]);
      pen.line([-4.2, -3], [0, 0.8], [4.2, -3]);
    },
  },
  crossing: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      for (const x of [-3.6, -0.6, 2.4]) pen.fill(...box(x - 0.3, -4, 1.8, 8));
    },
  },
  signal: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      for (const y of [-3.4, 0, 3.4]) pen.circle(0, y, 1.2, y === 0 ? false : true);
    },
  },
  cycle_parking: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.circle(-2.7, 1.4, 2.1, false);
      pen.circle(2.7, 1.4, 2.1, false);
      pen.line([-2.7, 1.4], [-0.6, -2], [2.2, -2], [2.7, 1.4]);
    },
  },
  bridge: {
    shape: "diamond",
    tone: "symbol",
    draw: (pen) => pen.line([-4, 2], [-2.4, -0.8], [0, -1.6], [2.4, -0.8], [4, 2]),
  },
  defibrillator: {
    shape: "diamond",
    tone: "symbol",
    draw: (pen) => pen.fill([-0.4, -4], [2.2, -4], [0.8, -0.6], [2.8, -0.6], [-1.6, 4.4], [-0.4, 0.8], [-2.4, 0.8]),
  },
  hydrant: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-2.5, -3.8], [-2.5, 3.8]);
      pen.line([2.5, -3.8], [2.5, 3.8]);
      pen.line([-2.5, 0], [2.5, 0]);
    },
  },
  recycling: {
    shape: "disc",
    tone: "symbolGreen",
    draw: (pen) => pen.line([0, -4], [4, 3], [-4, 3], [0, -4]),
  },
  playground: {
    shape: "diamond",
    tone: "symbolGreen",
    draw: (pen) => {
      pen.line([-3, 3], [0, -3], [3, 3]);
      pen.line([0, -3], [0, 1.6]);
    },
  },
  sign: { shape: "triangle", tone: "symbol", draw: (pen) => pen.line([0, -0.6], [0, 2.8]) },
  toilet: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      pen.circle(0, -3.2, 1.3, true);
      pen.fill([-2.4, -1.2], [2.4, -1.2], [1, 4.6], [-1, 4.6]);
    },
  },
  telephone: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-3.6, -3], [-2.6, -4], [-1, -1.6], [-2, -0.6], [0.8, 2.4], [1.8, 1.4], [4, 2.8], [3, 4]);
      pen.line([3, 4], [-1, 2.6], [-3.6, -1], [-3.6, -3]);
    },
  },
  charging_point: {
    shape: "disc",
    tone: "symbolGreen",
    draw: (pen) => pen.fill([1.6, -5], [-3, 0.8], [-0.4, 0.8], [-1.6, 5], [3, -1], [0.4, -1]),
  },
  drinking_water: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => pen.fill([0, -4.6], [2.8, 0.4], [2.2, 2.8], [0, 4], [-2.2, 2.8], [-2.8, 0.4]),
  },
  shelter: {
    shape: "square",
    tone: "symbol",
    draw: (pen) => {
      pen.line([-4.4, -1], [0, -4], [4.4, -1]);
      pen.line([-3, -1], [-3, 4]);
      pen.line([3, -1], [3, 4]);
    },
  },
  manhole: {
    shape: "disc",
    tone: "symbol",
    draw: (pen) => {
      pen.circle(0, 0, 4.4, false);
      pen.line([-3, 0], [3, 0]);
    },
  },
  speed_camera: {
    shape: "diamond",
    tone: "symbol",
    draw: (pen) => {
      pen.fill(...box(-3.4, -2, 5, 4));
      pen.fill([2, -0.6], [4, -2], [4, 2], [2, 0.6]);
    },
  },
  bollard: { shape: "dot", tone: "symbol" },
};

const UNKNOWN: Recipe = { shape: "dot", tone: "symbol" };

/** How the symbol of an asset type is made; a type we do not know is a dot. */
export function recipeFor(type: string): Recipe {
  return (Object.hasOwn(RECIPES, type) ? RECIPES[type] : undefined) ?? UNKNOWN;
}

/** The image for an id of the style, at a pixel ratio; nothing for ids that are not symbols. */
export function drawSymbol(id: string, palette: Palette, ratio: number): ImageData | undefined {
  if (!id.startsWith(SYMBOL_PREFIX)) return undefined;
  const recipe = recipeFor(id.slice(SYMBOL_PREFIX.length));
  const side = Math.round(SYMBOL_SIZE * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  context.scale(side / 20, side / 20);
  context.translate(10, 10);
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.halo;
  context.fillStyle = palette[recipe.tone];
  outline(context, recipe.shape);
  context.stroke();
  context.fill();
  recipe.draw?.(penOn(context, palette.symbolInk));
  return context.getImageData(0, 0, side, side);
}

function outline(context: CanvasRenderingContext2D, shape: Shape): void {
  context.beginPath();
  switch (shape) {
    case "square":
      context.roundRect(-7.5, -7.5, 15, 15, 3);
      break;
    case "diamond":
      context.moveTo(0, -8.5);
      context.lineTo(8.5, 0);
      context.lineTo(0, 8.5);
      context.lineTo(-8.5, 0);
      context.closePath();
      break;
    case "triangle":
      context.moveTo(0, -7.5);
      context.lineTo(8, 6.5);
      context.lineTo(-8, 6.5);
      context.closePath();
      break;
    case "dot":
      context.arc(0, 0, 3.5, 0, 2 * Math.PI);
      break;
    case "disc":
      context.arc(0, 0, 8, 0, 2 * Math.PI);
  }
}

function penOn(context: CanvasRenderingContext2D, ink: string): Pen {
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = 1.4;
  context.lineCap = "round";
  const trace = (points: readonly [number, number][]): void => {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
  };
  return {
    line(...points) {
      trace(points);
      context.stroke();
    },
    fill(...points) {
      trace(points);
      context.closePath();
      context.fill();
    },
    circle(x, y, radius, isFilled) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      if (isFilled) context.fill();
      else context.stroke();
    },
  };
}

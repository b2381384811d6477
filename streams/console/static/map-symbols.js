// Pictures of the levels for the map, drawn from the very shapes of the page's own signs (symbols.html): one look everywhere.

const SIZE = 24; // of a sign's view box
const MARGIN = 3; // for the outline that stands over it
const RATIO = 3; // pixels per pixel, so that it stays sharp
const PIXELS = (SIZE + 2 * MARGIN) * RATIO;

/** Side of a picture on the map, in its full size. */
export const SIDE = SIZE + 2 * MARGIN;

/** What stands for a point without warning where there are thousands, seen from afar. */
export const DOT = "l0-dot";

/** Names of all pictures: a level as it is known, and as it was last known; and the dot. */
export const NAMES = [...["unknown", "0", "1", "2", "3", "4"].flatMap((level) => [`l${level}`, `l${level}-last`]), DOT];

/** The name of the picture of a point's state. */
export function pictureOf(state, lastKnown) {
  const level = state?.level ?? null;
  if (level === null) return "lunknown";
  return `l${level}${lastKnown || state.last || state.held ? "-last" : ""}`;
}

/** All pictures by name, in today's colours. */
export function drawPictures() {
  return new Map(NAMES.map((name) => [name, draw(...name.split("-"))]));
}

function draw(symbol, way) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PIXELS;
  const pen = canvas.getContext("2d", { willReadFrequently: true }); // by the processor: nobody waits for the graphics card
  pen.scale(RATIO, RATIO);
  pen.translate(MARGIN, MARGIN);
  const parts = [...document.getElementById(symbol).children];
  for (const part of parts) {
    const look = getComputedStyle(part);
    if (part.tagName !== "text") paint(pen, part, look, way === "last");
    else if (way !== "dot") write(pen, part, look);
  }
  return canvas;
}

function paint(pen, part, look, last) {
  const shape = outline(part);
  pen.fillStyle = look.fill.startsWith("url") ? hatched(pen, "#fff", "#444") : look.fill;
  pen.fill(shape);
  if (last) {
    // what is only last known is hatched over and its outline broken, in any colour
    pen.fillStyle = hatched(pen, "transparent", "#fff9");
    pen.fill(shape);
  }
  if (look.stroke === "none") return;
  pen.strokeStyle = look.stroke;
  pen.lineWidth = last ? 2 : 1.5;
  pen.setLineDash(last ? [3, 2.2] : []);
  pen.stroke(shape);
}

function outline(part) {
  if (part.tagName !== "circle") return new Path2D(part.getAttribute("d"));
  const shape = new Path2D();
  const [x, y, radius] = ["cx", "cy", "r"].map((name) => Number(part.getAttribute(name)));
  shape.arc(x, y, radius, 0, 2 * Math.PI);
  return shape;
}

function write(pen, part, look) {
  pen.font = `700 13px ${look.fontFamily}`;
  pen.textAlign = "center";
  pen.fillStyle = look.fill;
  pen.fillText(part.textContent, Number(part.getAttribute("x")), Number(part.getAttribute("y")));
}

function hatched(pen, back, stripe) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 5 * RATIO;
  const brush = tile.getContext("2d", { willReadFrequently: true });
  brush.fillStyle = back;
  brush.fillRect(0, 0, tile.width, tile.height);
  brush.strokeStyle = stripe;
  brush.lineWidth = 1.6 * RATIO;
  for (const shift of [-tile.width, 0, tile.width]) {
    brush.beginPath();
    brush.moveTo(shift, tile.height);
    brush.lineTo(shift + tile.width, 0);
    brush.stroke();
  }
  const pattern = pen.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / RATIO));
  return pattern;
}

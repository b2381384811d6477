// Clicks on the picture become numbers in the row in use. Without this script the numbers can be typed.
const look = document.getElementById("look");
const picture = document.getElementById("picture");
const marks = document.getElementById("marks");
const at = document.getElementById("at");
const width = Number(picture.getAttribute("width"));
const height = Number(picture.getAttribute("height"));
const rows = [...document.querySelectorAll("tr[data-row]")];
let row = rows.find((one) => fields(one).every((field) => !field.value)) || rows[0];
let cross = { x: width / 2, y: height / 2 };

function fields(one) {
  return [...one.querySelectorAll("input")];
}

function use(one) {
  row = one;
  for (const other of rows) other.classList.toggle("used", other === one);
}

// a point takes one place, a level line two: the first pair of fields that is empty, else the first
function place(x, y) {
  const [first, second, third, fourth] = fields(row);
  if (row.dataset.row === "point") {
    first.value = x.toFixed(1);
    second.value = y.toFixed(1);
    third.focus();
  } else if (!first.value || third.value) {
    for (const field of [third, fourth]) field.value = "";
    first.value = x.toFixed(1);
    second.value = y.toFixed(1);
  } else {
    third.value = x.toFixed(1);
    fourth.value = y.toFixed(1);
    use(rows[rows.indexOf(row) + 1] || row);
  }
  draw();
}

function shape(name, attributes, kind) {
  for (const style of [`${kind}-under`, kind]) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.setAttribute("class", style === "mark" && name === "line" ? "mark line" : style);
    marks.append(made);
  }
}

function draw() {
  marks.replaceChildren();
  for (const one of rows) {
    const values = fields(one).map((field) => Number.parseFloat(field.value));
    if (one.dataset.row === "point" && values.slice(0, 2).every(Number.isFinite)) {
      shape("circle", { cx: values[0], cy: values[1], r: 5 }, "mark");
    } else if (one.dataset.row === "level" && values.every(Number.isFinite)) {
      shape("line", { x1: values[0], y1: values[1], x2: values[2], y2: values[3] }, "mark");
    }
  }
  shape("line", { x1: cross.x - 12, y1: cross.y, x2: cross.x + 12, y2: cross.y }, "cross");
  shape("line", { x1: cross.x, y1: cross.y - 12, x2: cross.x, y2: cross.y + 12 }, "cross");
  at.textContent = `${cross.x.toFixed(1)}, ${cross.y.toFixed(1)}`;
}

function move(x, y) {
  cross = { x: Math.min(width - 1, Math.max(0, x)), y: Math.min(height - 1, Math.max(0, y)) };
  draw();
}

look.addEventListener("click", (event) => {
  const box = picture.getBoundingClientRect();
  move(((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height);
  place(cross.x, cross.y);
});

look.addEventListener("keydown", (event) => {
  const step = event.shiftKey ? 10 : 1;
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (ways[event.key]) {
    move(cross.x + ways[event.key][0], cross.y + ways[event.key][1]);
    event.preventDefault();
  } else if (event.key === "Enter") {
    place(cross.x, cross.y);
    event.preventDefault();
  }
});

for (const one of rows) {
  one.addEventListener("focusin", () => use(one));
  one.addEventListener("input", draw);
}
// after a height is typed, Enter goes on to the next row and back to the picture instead of sending the form
for (const one of rows.filter((other) => other.dataset.row === "point")) {
  fields(one)[2].addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    use(rows[rows.indexOf(one) + 1]);
    look.focus();
  });
}
use(row);
draw();

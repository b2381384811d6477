// Builds and renews what is on the page. Texts are always set as texts: nothing that came from outside is ever read as HTML.

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** The first element that fits. */
export const $ = (selector, within = document) => within.querySelector(selector);

/** An element with attributes (`class`, `dataset`, `onclick`, whatever else) and children: texts, elements, lists of them. */
export function h(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put other children into an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set a text where it is another one: screen readers tell what changes, so nothing is set for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make the children of `parent` stand for `items`, in their order: who is there stays the same element, so that focus and open
 * parts stay. `key(item)` is a text; `make(item)` an element; `update(element, item)` brings it up to date, also right after making.
 */
export function reconcile(parent, items, key, make, update = () => {}) {
  const there = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let after = null;
  for (const item of items) {
    const name = String(key(item));
    let element = there.get(name);
    there.delete(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    update(element, item);
    const place = after ? after.nextElementSibling : parent.firstElementChild;
    if (place !== element) parent.insertBefore(element, place);
    after = element;
  }
  for (const gone of there.values()) gone.remove();
}

/** The sign of a level: its own shape, colour and number. */
export function symbol(level) {
  return svg("svg", { class: "s", "aria-hidden": "true" }, svg("use", { href: `#l${level ?? "unknown"}` }));
}

/** Turn a sign into that of another level. */
export function setSymbol(element, level) {
  const href = `#l${level ?? "unknown"}`;
  const use = element.firstElementChild;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

/** A level in words, with its number. */
export function levelWord(level) {
  const words = [t("No warning"), t("Blue"), t("Yellow"), t("Orange"), t("Red")];
  if (level === null || level === undefined) return t("Unknown");
  return level === 0 ? words[0] : `${words[level]} (${level})`;
}

/** Have a screen reader say something when it has time. */
export function say(text) {
  const said = document.getElementById("said");
  if (said) said.textContent = text;
}

// What changed in a text, word by word, shown by ins and del with words for who cannot see them.

import { h } from "./dom.js";
import { t } from "./words.js";

/** Words of a text; Chinese is compared sign by sign. */
export const pieces = (text) => text.match(/[\p{Script=Han}]|[\p{L}\p{N}_.:%-]+|\s+|./gu) ?? [];

/** Steps that make one list of pieces of another: ["same" | "gone" | "new", text]. */
export function steps(before, after) {
  const rows = before.length + 1;
  const columns = after.length + 1;
  const long = Array.from({ length: rows }, () => new Uint16Array(columns));
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      long[row][column] =
        before[row] === after[column] ? long[row + 1][column + 1] + 1 : Math.max(long[row + 1][column], long[row][column + 1]);
    }
  }
  const found = [];
  const add = (kind, text) => {
    const last = found.at(-1);
    if (last?.[0] === kind) last[1] += text;
    else found.push([kind, text]);
  };
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      add("same", after[column]);
      row += 1;
      column += 1;
    } else if (column >= after.length || (row < before.length && long[row + 1][column] >= long[row][column + 1])) {
      add("gone", before[row]);
      row += 1;
    } else {
      add("new", after[column]);
      column += 1;
    }
  }
  return found;
}

/** Both texts in one. */
export function difference(before, after, language) {
  const parts = steps(pieces(before), pieces(after)).map(([kind, text]) => {
    if (kind === "same") return text;
    const [tag, said] = kind === "gone" ? ["del", t("removed:")] : ["ins", t("added:")];
    return h(tag, {}, h("span", { class: "visually-hidden", lang: document.documentElement.lang }, ` ${said} `), text);
  });
  return h("blockquote", { class: "difference", lang: language }, parts);
}

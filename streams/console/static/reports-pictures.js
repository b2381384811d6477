// Pictures of a group: small ones that open large, to be paged through by keys.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

/** Where a picture of the shelf lies. */
export const address = (name) => `/api/pictures/${name}`;

/** Small pictures in a row; each opens large. */
export function thumbnails(names) {
  const one = (name, at) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "thumb", onclick: () => enlarge(names, at) },
        h("img", { src: address(name), alt: t("Picture {n} of {m}, enlarge", { n: at + 1, m: names.length }), loading: "lazy" }),
      ),
    );
  return names.length ? h("ul", { class: "thumbs", "aria-label": t("Pictures") }, names.map(one)) : null;
}

/** Show a picture as large as the window allows; arrows page, Escape closes. */
export function enlarge(names, first) {
  let at = first;
  const place = h("div", { class: "large" });
  const count = h("p", { class: "quiet", role: "status" });
  const step = (by) => {
    at = (at + by + names.length) % names.length;
    const words = t("Picture {n} of {m}", { n: at + 1, m: names.length });
    fill(place, h("img", { src: address(names[at]), alt: words }));
    fill(count, words);
  };
  const close = h("button", { type: "button", class: "main", onclick: () => dialog.close() }, t("Close"));
  const more = names.length > 1;
  const dialog = h(
    "dialog",
    {
      class: "pictures-dialog",
      "aria-label": t("Pictures"),
      onclose: () => dialog.remove(),
      onkeydown: (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by && more) step(by);
      },
    },
    place,
    h(
      "div",
      { class: "row" },
      more ? h("button", { type: "button", onclick: () => step(-1) }, t("← Previous")) : null,
      more ? h("button", { type: "button", onclick: () => step(1) }, t("Next →")) : null,
      count,
      close,
    ),
  );
  step(0);
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

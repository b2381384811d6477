// Pictures of a point: the newest of its cameras, and citizens' photos that were accepted or wait.

import { fill, h } from "./dom.js";
import { address, enlarge } from "./reports-pictures.js";
import { stateWord } from "./reports-words.js";
import { ago, metres, percent, stamp } from "./time.js";
import { t } from "./words.js";

/** Show them where they have changed, so that an enlarged one, and the focus, stay. */
export function showPictures(element, view, nowMs) {
  const pictures = view?.pictures ?? [];
  const sign = JSON.stringify(pictures);
  if (element.dataset.sign === sign) return tell(element, nowMs);
  element.dataset.sign = sign;
  if (!pictures.length) return fill(element, h("p", { class: "quiet" }, t("No pictures.")));
  const names = pictures.filter((picture) => picture.picture).map((picture) => picture.picture);
  fill(element, h("ul", { class: "list pictures" }, pictures.map((picture) => line(picture, names))));
  return tell(element, nowMs);
}

function line(picture, names) {
  return h(
    "li",
    { class: `picture of-${picture.kind}` },
    h("figure", {}, shown(picture, names), h("figcaption", {}, caption(picture))),
  );
}

function shown(picture, names) {
  const words = picture.kind === "camera" ? t("Picture of the camera {name}", { name: picture.station }) : t("Photo of a citizen");
  // what lies elsewhere is not loaded: who looks at the page is not to be told to others
  if (!picture.picture) return h("a", { href: picture.address, rel: "noreferrer", target: "_blank" }, `${words} ↗`);
  const image = h("img", { src: address(picture.picture), alt: t("{words}, enlarge", { words }), loading: "lazy" });
  return h("button", { type: "button", class: "thumb", onclick: () => enlarge(names, names.indexOf(picture.picture)) }, image);
}

function caption(picture) {
  const who = picture.kind === "camera" ? h("b", {}, picture.station) : h("a", { href: `/console/reports?point=${encodeURIComponent(picture.low_point)}` }, t("citizen"));
  const facts = [
    metres(picture.depth_m),
    picture.confidence === null ? null : t("sure to {percent}", { percent: percent(picture.confidence) }),
    picture.state ? stateWord(picture.state) : null,
  ].filter(Boolean);
  return [who, ` · ${facts.join(" · ")} · `, h("time", { datetime: picture.at, title: stamp(picture.at), dataset: { at: picture.at } }, stamp(picture.at))];
}

function tell(element, nowMs) {
  for (const time of element.querySelectorAll("time[data-at]")) time.textContent = ago((nowMs - Date.parse(time.dataset.at)) / 1000);
}

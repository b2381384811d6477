// The words of a page in its language: English stands in the source, the rest in a catalogue that the server sends.

import { context } from "./context.js";

export const language = context.language;

const texts = language === "en" ? {} : (await import(`./words/${language}.js`)).default;

/** A text in the reader's language with its {places} filled. */
export function t(text, values) {
  const told = texts[text] ?? text;
  return values ? told.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place)) : told;
}

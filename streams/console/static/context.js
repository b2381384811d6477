// What the server tells a page: who looks at it, the city, and where its data is.

export const context = JSON.parse(document.getElementById("context").textContent);

let wanted;

/** The city's places with their names; asked for once. */
export function cityData() {
  wanted ??= fetch(context.city_data).then((answer) => {
    if (!answer.ok) throw new Error(`city.json: ${answer.status}`);
    return answer.json();
  });
  return wanted;
}

/** A name in the reader's language, else in another, else the id. */
export function nameOf(thing) {
  if (!thing) return "";
  const names = context.language === "zh" ? [thing.name, thing.name_en] : [thing.name_en, thing.name];
  return names[0] || names[1] || thing.id;
}

/** Whether who looks may do something. */
export function may(right) {
  return context.me.may.includes(right);
}

// The words of the page in its reader's language, and the line in which each step is told.

const state = document.getElementById("state");
const says = document.getElementById("says");

export const words = Object.fromEntries([...says.content.children].map((one) => [one.dataset.name, one.textContent]));

export function filled(name, values) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function say(name, values = {}) {
  tell(filled(name, values));
}

export function tell(text) {
  state.hidden = !text;
  if (state.textContent !== text) state.textContent = text;
}

// The place of a report: the position of the telephone, and the list in which every place is chosen.

const MOST_NEAR = 5;
const M_PER_DEG = 111_195;

// The position, asked for when its button is pressed; `say` tells how that goes.
export function offerPosition(form, words, say) {
  const button = document.getElementById("position");
  if (!button || !navigator.geolocation) return;
  const located = ({ coords }) => {
    const error_m = Math.max(1, Math.round(coords.accuracy));
    form.elements.lon.value = coords.longitude.toFixed(6);
    form.elements.lat.value = coords.latitude.toFixed(6);
    form.elements.error_m.value = error_m;
    form.elements.by.value = "position";
    form.elements.point.value = shown(`${words.here} ± ${error_m} m`);
    if (!offerNearest(form, words.nearest, say)) say("located", { m: error_m });
    else if (document.activeElement === button) form.elements.point.focus();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    say("locating");
    const asked = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };
    navigator.geolocation.getCurrentPosition(located, () => say("unlocated"), asked);
  });
}

// Where the chosen place may be too far off for the office to say which low point it is, those of the list that are nearest stand first in
// it, and `say` asks for one; whether it was so. Nothing is chosen for anybody: the place stays as it is.
export function offerNearest(form, name, say) {
  const { point: list, error_m, lon, lat } = form.elements;
  document.getElementById("nearest")?.remove();
  if (list.value !== document.getElementById("here").value || !(Number(error_m.value) > Number(list.dataset.near_m))) return false;
  const group = document.createElement("optgroup");
  group.id = "nearest";
  group.label = name;
  for (const { option, m } of nearest(list, Number(lon.value), Number(lat.value))) {
    group.append(new Option(`${option.text} · ${m < 1000 ? `${Math.round(m / 10) * 10} m` : `${(m / 1000).toFixed(1)} km`}`, option.value));
  }
  if (!group.children.length) return false;
  list.querySelector("optgroup").before(group);
  say("rough", { m: error_m.value });
  return true;
}

// The options of low points by how far they are, in metres.
function nearest(list, lon, lat) {
  const wide = Math.cos((lat * Math.PI) / 180);
  const found = [...list.querySelectorAll("option[data-lon]")].map((option) => {
    const { lon: east, lat: north } = option.dataset;
    return { option, m: M_PER_DEG * Math.hypot((Number(east) - lon) * wide, Number(north) - lat) };
  });
  return found.sort((first, second) => first.m - second.m).slice(0, MOST_NEAR);
}

// Chooses a place of an earlier report, which the list of this page need not have.
export function choose(list, value, name) {
  if (value === document.getElementById("here").value) shown(name);
  else if (value && ![...list.options].some((one) => one.value === value)) list.add(new Option(value, value));
  list.value = value;
}

// Offers the place that is no low point; its value.
function shown(text) {
  const option = document.getElementById("here");
  option.hidden = option.disabled = false;
  option.textContent = text;
  return option.value;
}

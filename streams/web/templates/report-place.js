// The place of a report: the position of the telephone, and the list in which every place is chosen.

// The position, asked for when its button is pressed; `say` tells how that goes.
export function offerPosition(form, name, say) {
  const button = document.getElementById("position");
  if (!button || !navigator.geolocation) return;
  const located = ({ coords }) => {
    const error_m = Math.max(1, Math.round(coords.accuracy));
    form.elements.lon.value = coords.longitude.toFixed(6);
    form.elements.lat.value = coords.latitude.toFixed(6);
    form.elements.error_m.value = error_m;
    form.elements.by.value = "position";
    form.elements.point.value = shown(`${name} ± ${error_m} m`);
    say("located", { m: error_m });
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    say("locating");
    const asked = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };
    navigator.geolocation.getCurrentPosition(located, () => say("unlocated"), asked);
  });
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

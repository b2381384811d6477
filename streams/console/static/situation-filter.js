// Which part of the city somebody looks at: a district, a level, or both. It stands in the address, so that a reload keeps it.

class Filter extends EventTarget {
  district;
  level;

  constructor() {
    super();
    const asked = new URLSearchParams(location.search);
    this.district = asked.get("district");
    this.level = asked.get("level");
  }

  /** Whether anything is left out. */
  get on() {
    return this.district !== null || this.level !== null;
  }

  /** Choose a district or a level ("0".."4", "unknown"); the one that is chosen already is let go. */
  toggle(name, value) {
    this[name] = this[name] === value ? null : value;
    this.#tell();
  }

  /** Look at everything. */
  clear() {
    this.district = this.level = null;
    this.#tell();
  }

  /** Whether something of a level (null: unknown) in a district is looked at. */
  takes(level, district) {
    if (this.district !== null && this.district !== district) return false;
    return this.level === null || this.level === String(level ?? "unknown");
  }

  #tell() {
    const address = new URL(location.href);
    for (const name of ["district", "level"]) {
      if (this[name] === null) address.searchParams.delete(name);
      else address.searchParams.set(name, this[name]);
    }
    history.replaceState(null, "", address);
    this.dispatchEvent(new Event("change"));
  }
}

export const filter = new Filter();

// What is live: every entity by kind and id, as the server's events tell it, and how old all of that is. Missing data is never silent:
// the age goes on growing here when nothing comes.

const ADDRESS = "/api/live";
const LOST_S = 12; // a beat comes every 5 s: two that are missing are no accident
const FORSAKEN_S = 25; // a connection that says nothing for so long is made anew, whatever the browser thinks of it
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
// A browser has six connections to a server, for all its tabs together: a tab that nobody sees lets its own go, or the seventh tab, and
// whatever is signed in the others, would wait for ever. Where sound is wanted one of them keeps listening.
const RESTS_S = 5;
const KEEPER = "lowpoint.keeper";
const KEEPS_MS = 150000; // timers of hidden tabs may run once a minute only

class Live extends EventTarget {
  /** Kind → id → entity. */
  state = new Map();
  /** "live", "late" (the data is old, or the database away) or "lost" (the server is not heard). */
  status = "late";
  /** The last beat, null before the first. */
  beat = null;

  #source = null;
  #epoch = "";
  #version = null;
  #followers = new Map();
  #heard = null; // when the last message came, on the page's own clock
  #begun = performance.now();
  #beaten = 0;
  #asked = 0;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #name = Math.random().toString(36).slice(2);
  #hidden = null; // since when nobody sees the page
  #rests = false;

  constructor() {
    super();
    addEventListener("online", () => this.#connect());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#connect());
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#look(), 1000);
    this.#connect();
  }

  /** Have something called with the ids of a kind that changed, after each event that changed any; and soon, with all there are. */
  on(kind, callback) {
    if (!this.#followers.has(kind)) this.#followers.set(kind, new Set());
    this.#followers.get(kind).add(callback);
    // who comes late must not wait for the next change to see what there is
    if (this.#version !== null) queueMicrotask(() => this.#call(callback, [...(this.state.get(kind)?.keys() ?? [])]));
    return () => this.#followers.get(kind).delete(callback);
  }

  /** The moment of the log in milliseconds since 1970, moving on; null before anything was heard. */
  now() {
    return this.beat ? Date.parse(this.beat.now) + performance.now() - this.#beaten : null;
  }

  /** How old the newest data is, in seconds; null where none ever came. */
  dataAgeS() {
    return this.beat?.data_at ? this.beat.age_s + (performance.now() - this.#beaten) / 1000 : null;
  }

  /** How long ago the server was last heard, in seconds; null before the first time. */
  heardS() {
    return this.#heard === null ? null : (performance.now() - this.#heard) / 1000;
  }

  /** Whether it listens to nothing for now, because nobody sees the page. */
  get rests() {
    return this.#rests;
  }

  #connect() {
    this.#close();
    this.#rests = false;
    const last = this.#version === null ? "" : `?last=${encodeURIComponent(`${this.#epoch}-${this.#version}`)}`;
    const source = new EventSource(ADDRESS + last, { withCredentials: true });
    this.#source = source;
    this.#asked = performance.now();
    const listen = (name, take) =>
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return; // one that was given up
        this.#heard = performance.now();
        this.#wait = FIRST_WAIT_MS;
        take(JSON.parse(event.data), event.lastEventId);
        this.#look();
      });
    listen("snapshot", (told, id) => this.#replace(told, id));
    listen("delta", (told, id) => this.#apply(told, id));
    listen("beat", (told) => {
      this.#beaten = performance.now();
      this.beat = told;
      this.dispatchEvent(new Event("beat"));
    });
    // while it is "connecting" the browser tries again by itself; closed, it has given up
    source.addEventListener("error", () => source === this.#source && source.readyState === EventSource.CLOSED && this.#refused());
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser gave up, and does not say why: ask, for without a session there is nothing to wait for. */
  async #refused() {
    const timer = this.#again();
    const answer = await fetch(ADDRESS, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.status === 401 && timer === this.#timer) {
      clearTimeout(timer);
      location.assign(`/console/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
  }

  /** Try again in a while, not all pages at once, and ever more slowly. */
  #again() {
    this.#close();
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.5 + Math.random()));
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    return this.#timer;
  }

  /** Let the connection go while nobody sees the page, and take it up where it was. */
  #rest(now) {
    this.#hidden = document.visibilityState === "visible" ? null : (this.#hidden ?? now);
    const rests = this.#hidden !== null && now - this.#hidden > 1000 * RESTS_S && !this.#keeps();
    if (rests === this.#rests) return;
    if (!rests) return this.#connect();
    this.#close();
    this.#rests = true;
  }

  /** Whether this is the one of the hidden tabs that goes on listening, to be heard. */
  #keeps() {
    if (localStorage.getItem("lowpoint.sound") !== "on") return false;
    const [name, until] = (localStorage.getItem(KEEPER) ?? "").split(" ");
    if (name !== this.#name && Number(until) > Date.now()) return false;
    localStorage.setItem(KEEPER, `${this.#name} ${Date.now() + KEEPS_MS}`);
    return true;
  }

  #place(id) {
    const cut = id.lastIndexOf("-");
    return [id.slice(0, cut), Number(id.slice(cut + 1))];
  }

  #replace(told, id) {
    const before = this.state;
    [this.#epoch, this.#version] = this.#place(id);
    this.state = new Map(Object.entries(told.set).map(([kind, entities]) => [kind, new Map(Object.entries(entities))]));
    for (const kind of new Set([...before.keys(), ...this.state.keys(), ...this.#followers.keys()])) {
      this.#tell(kind, new Set([...(before.get(kind)?.keys() ?? []), ...(this.state.get(kind)?.keys() ?? [])]));
    }
  }

  #apply(told, id) {
    const [epoch, version] = this.#place(id);
    if (epoch === this.#epoch && version <= this.#version) return; // known already
    if (this.#version === null || epoch !== this.#epoch || version !== this.#version + 1) {
      this.#version = null; // so that the whole state comes
      this.#again();
      return;
    }
    this.#version = version;
    const changed = new Map();
    const ids = (kind) => changed.get(kind) ?? changed.set(kind, new Set()).get(kind);
    for (const [kind, entities] of Object.entries(told.set)) {
      if (!this.state.has(kind)) this.state.set(kind, new Map());
      for (const [name, entity] of Object.entries(entities)) {
        this.state.get(kind).set(name, entity);
        ids(kind).add(name);
      }
    }
    for (const [kind, names] of Object.entries(told.gone)) {
      for (const name of names) {
        this.state.get(kind)?.delete(name);
        ids(kind).add(name);
      }
    }
    for (const [kind, names] of changed) this.#tell(kind, names);
  }

  #tell(kind, ids) {
    for (const callback of this.#followers.get(kind) ?? []) this.#call(callback, [...ids]);
  }

  /** One that fails must not keep the others from what they need. */
  #call(callback, ids) {
    try {
      callback(ids);
    } catch (error) {
      reportError(error);
    }
  }

  /** See how things stand; a connection that has died without a word is made anew. */
  #look() {
    const now = performance.now();
    this.#rest(now);
    const silent = (now - (this.#heard ?? this.#begun)) / 1000;
    const waited = (now - Math.max(this.#asked, this.#heard ?? 0)) / 1000;
    if (this.#source && waited > FORSAKEN_S) this.#connect();
    const late = !this.beat || this.#version === null || this.beat.stale || this.beat.store !== "ok";
    const status = silent > LOST_S ? "lost" : late ? "late" : "live";
    if (status !== this.status) {
      this.status = status;
      this.dispatchEvent(new Event("status"));
    }
  }
}

export const live = new Live();

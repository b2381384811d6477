// What waits in this browser until the office has it: reports by their card, through a reload, a closed page, a day.

const memory = new Map(); // where a browser keeps nothing

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("lowpoint-reports", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "card" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function stored(mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = base.transaction("waiting", mode, { durability: "strict" });
      const asked = work(turn.objectStore("waiting"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    base.close();
  }
}

export async function keep(report) {
  memory.set(report.card, report);
  await stored("readwrite", (shelf) => shelf.put(report)).catch(() => undefined);
}

export async function forget(card) {
  memory.delete(card);
  await stored("readwrite", (shelf) => shelf.delete(card)).catch(() => undefined);
}

// whether its writer still wants it sent
export const isKept = (card) => memory.has(card);

async function all() {
  const kept = await stored("readonly", (shelf) => shelf.getAll()).catch(() => []);
  for (const report of kept) if (!memory.has(report.card)) memory.set(report.card, report);
  return [...memory.values()].sort((first, second) => first.made_ms - second.made_ms);
}

// what is to be sent: first what failed least often, then what is quick for it has no picture, then what is oldest
export async function waiting() {
  const order = (one) => [one.failed ?? 0, one.picture ? 1 : 0];
  const unsent = (await all()).filter((one) => one.refused === undefined);
  return unsent.sort((first, second) => order(first)[0] - order(second)[0] || order(first)[1] - order(second)[1]);
}

// what the office could not take as it is: its writer has to mend it
export async function refused() {
  return (await all()).filter((one) => one.refused !== undefined);
}

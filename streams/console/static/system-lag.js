// What waits in Kafka: in all at the head of the page, by reader, topic and partition in a table. Not known is never told as nothing.

import { $, fill, h, reconcile, setText } from "./dom.js";
import { clock } from "./time.js";
import { t } from "./words.js";

const READERS = () => ({ gateway: t("gateway"), workers: t("workers"), projector: t("projector") });

const WHY = () => ({
  not_asked: t("it has not been asked yet"),
  no_answer: t("Kafka does not answer"),
  no_topics: t("there are no topics yet: no worker was ever started"),
  no_broker: t("there is no Kafka here"),
});

/** Show what `GET /api/system` told of Kafka; nothing where it was not told at all. */
export function showLag(kafka) {
  const total = kafka?.messages ?? null;
  const why = WHY()[kafka?.unknown] ?? t("the system was not heard");
  const bad = total === null;
  const words = bad
    ? t("How many messages wait in Kafka is not known: {why}.", { why })
    : t("Messages that wait in Kafka: {n}.", { n: total });
  setText($("#waiting-words"), words);
  $("#waiting").classList.toggle("bad", bad);
  setText($("#waiting-asked"), kafka?.as_of ? t("asked at {time}", { time: clock(kafka.as_of) }) : "");
  showTable(kafka?.partitions ?? []);
}

/** A row for each topic of a reader, those first of which most waits; its partitions in their order. */
function showTable(partitions) {
  const rows = new Map();
  for (const one of partitions) {
    const id = `${one.reader} ${one.topic}`;
    if (!rows.has(id)) rows.set(id, { id, reader: one.reader, topic: one.topic, messages: 0, parts: [] });
    const row = rows.get(id);
    row.messages += one.messages;
    row.parts.push(one);
  }
  const sorted = [...rows.values()].sort((one, other) => other.messages - one.messages);
  $("#lag").hidden = !sorted.length;
  $("#lag-none").hidden = sorted.length > 0;
  reconcile($("#lag tbody"), sorted, (row) => row.id, makeRow, updateRow);
}

const makeRow = (row) =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, READERS()[row.reader] ?? row.reader),
    h("td", { class: "id" }, row.topic),
    h("td", { class: "number" }),
    h("td", {}),
  );

function updateRow(element, row) {
  setText(element.children[2], String(row.messages));
  const part = (one) => `${one.partition}: ${one.messages}${one.committed === null ? ` ${t("(nothing read yet)")}` : ""}`;
  fill(element.children[3], row.parts.map((one) => h("span", { class: "part" }, part(one))));
}

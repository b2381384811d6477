// A dialog in which something is decided. Enter decides nothing by accident: there is no form, and the focus begins at the heading.

import { fill, h, say } from "./dom.js";
import { findAct, newActId, sendAct } from "./orders-send.js";
import { t } from "./words.js";

let open = null;

/**
 * Ask before something is done.
 *
 * title, body: what is decided, with count and area. button: its words. danger: whether it is shown as such. check: words to be ticked
 * first. ready(): null, or why not yet. asked(): the act to send. done(told): called with what came of it. send, find: how it is sent
 * under its id, and how it is found again where the answer was lost.
 */
export function ask({ title, body, button, danger = false, check = "", ready = () => null, asked, done, send = sendAct, find = findAct }) {
  dismiss();
  const id = newActId(); // one for the whole dialog: however often it is pressed, it is done once
  const heading = h("h2", { tabindex: "-1", id: "dialog-title" }, title);
  const wrong = h("p", { class: "fault", role: "alert" });
  const box = check ? h("input", { type: "checkbox", id: "dialog-check", onchange: renew }) : null;
  const confirm = h("button", { type: "button", class: danger ? "danger" : "main", dataset: { confirm: "" }, onclick: decide }, button);
  const cancel = h("button", { type: "button", onclick: () => dismiss() }, t("Back, without doing anything"));
  const dialog = h(
    "dialog",
    { class: "decide", "aria-labelledby": "dialog-title", oncancel: (event) => mine.sending && event.preventDefault(), onclose: closed },
    heading,
    h("div", { class: "decide-body" }, body),
    box ? h("p", { class: "check" }, h("label", {}, box, " ", check)) : null,
    wrong,
    h("div", { class: "row decide-buttons" }, cancel, confirm),
  );
  const mine = { dialog, sending: false, tried: false, settle };

  function renew() {
    const lacking = ready();
    confirm.disabled = mine.sending || (box !== null && !box.checked) || lacking !== null;
    confirm.title = lacking ?? "";
  }

  async function decide() {
    if (mine.sending || confirm.disabled) return;
    mine.sending = true;
    renew();
    cancel.disabled = true;
    fill(wrong);
    confirm.setAttribute("aria-busy", "true");
    say(t("Sent. Waiting for the answer."));
    try {
      finish(await send(id, asked()));
    } catch (problem) {
      mine.sending = false;
      mine.tried = true;
      cancel.disabled = false;
      confirm.removeAttribute("aria-busy");
      renew();
      fill(wrong, problem.detail ?? String(problem));
      // nobody knows what came of it: ask, for it may be done
      if (problem.status === 0 || problem.status >= 500) await settle(() => {}, true);
    }
  }

  function finish(told) {
    mine.sending = false;
    if (open === mine) open = null;
    dialog.close();
    done(told);
  }

  /** It was sent once and its answer was lost: what came of it is asked for, for "nothing was done" might be wrong. */
  async function settle(otherwise, stays = false) {
    if (mine.sending) return;
    mine.sending = true;
    renew();
    try {
      finish(await find(id));
    } catch (problem) {
      mine.sending = false;
      renew();
      // 404: it never came there; anything else: nobody knows, so the dialog stays, and the same can be sent again
      if (problem.status !== 404 || stays) return;
      dialog.close();
      otherwise();
    }
  }

  function closed() {
    if (open === mine) open = null;
    dialog.remove(); // the browser gives the focus back by itself
  }

  document.body.append(dialog);
  dialog.addEventListener("input", renew);
  dialog.showModal();
  heading.focus();
  renew();
  open = mine;
  return mine;
}

/** Close what is open, then call `otherwise`; but where it was sent, show what came of it instead. */
export function dismiss(otherwise = () => {}) {
  if (!open || open.sending) return;
  if (open.tried) {
    open.settle(otherwise);
    return;
  }
  open.dialog.close();
  otherwise();
}

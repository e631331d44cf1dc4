// A ticket that was solved on the way to the next one can be taken back there for some seconds.
import { forThisTab } from "../embed/keeping.js";
import { notify, offer } from "./notices.js";
import { say } from "./words.js";

const UNDO_MS = 8000;
const STORE = "cs.undo";
const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.split("=")[1] ?? "";

async function takeBack({ address, before }) {
  const body = new URLSearchParams({ status: before });
  const headers = { "HX-Request": "true", "X-CSRFToken": cookie("csrftoken") };
  const answer = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  if (!answer?.ok) return notify(say("server"));
  location.assign(address.replace(/status\/$/, ""));
}

// What just happened, with a button that takes it back.
export function offerUndo(text, takeBack) {
  const notice = offer(text, say("undo"), takeBack);
  setTimeout(() => notice.remove(), UNDO_MS);
}

export function startUndo() {
  const kept = JSON.parse(forThisTab.getItem(STORE) ?? "null");
  forThisTab.removeItem(STORE);
  if (kept && Date.now() - kept.at < UNDO_MS) offerUndo(say("resolved", { number: kept.number }), () => takeBack(kept));
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const button = event.detail.elt.closest?.("[data-resolve]");
    if (!button || event.detail.xhr.status >= 400) return;
    const { number, before, undo } = button.dataset;
    forThisTab.setItem(STORE, JSON.stringify({ number, before, address: undo, at: Date.now() }));
  });
}

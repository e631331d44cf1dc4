// Notices in the corner: what went wrong, or what just happened. Errors stay longer than news, and what is
// told nowhere else until it is put away.
import { askLogin, withoutCookies } from "./session.js";
import { say } from "./words.js";

const STAY_MS = { danger: 15000, ok: 5000, warn: 9000 };

export function notify(text, level = "danger", stays = false) {
  if (told(text)) return;
  const notice = made(text, level, stays ? "stays" : "");
  notice.append(dismissal());
  place().append(notice);
}

// News with something that can be done about it by a click.
export function offer(text, label, take) {
  const notice = made(text, "ok", "stays");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = label;
  button.addEventListener("click", () => (notice.remove(), take()));
  notice.append(button, dismissal());
  place().append(notice);
  return notice;
}

const place = () => document.getElementById("notices");
const told = (text) => [...place().children].some((each) => each.querySelector("p")?.textContent === text);

function made(text, level, kind) {
  const notice = document.createElement("div");
  notice.className = `notice notice-${level}`;
  notice.dataset.notice = kind;
  const words = document.createElement("p");
  words.textContent = text;
  notice.append(words);
  return notice;
}

function dismissal() {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "tool dismiss";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", say("dismiss"));
  close.textContent = "×";
  return close;
}

// Says something to who listens to the page, once, without taking the focus.
export function announce(...texts) {
  const spoken = document.getElementById("said");
  if (spoken) spoken.textContent = texts.map((text) => text?.trim().replace(/\s+/g, " ")).filter(Boolean).join(" ");
}

function watch(box) {
  const leave = (notice) => {
    const level = ["danger", "ok", "warn"].find((name) => notice.classList.contains(`notice-${name}`)) ?? "danger";
    setTimeout(() => notice.remove(), STAY_MS[level]);
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.dataset?.notice === "") leave(node);
    while (box.children.length > 4) box.firstElementChild.remove();
  }).observe(box, { childList: true });
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-notice]").remove();
  });
}

// What a page asks for by itself; its link state says when that does not work.
const quiet = (event) => Boolean(event.detail.requestConfig?.headers?.["X-Quiet"]);

// An error without a place of its own (no HX-Retarget) is told here and never swapped into the page.
function onErrors() {
  const unsent = (event) => quiet(event) || notify(say("network"));
  document.body.addEventListener("htmx:sendError", unsent);
  document.body.addEventListener("htmx:timeout", unsent);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = false;
    if (xhr.status === 401 || (xhr.status === 403 && withoutCookies())) return askLogin();
    if (!quiet(event)) notify(say("server"));
  });
}

export function startNotices() {
  const box = document.getElementById("notices");
  if (!box) return;
  watch(box);
  onErrors();
}

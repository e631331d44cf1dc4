// A session that ended is begun anew over the page: nothing that was typed is lost.
import { say } from "./words.js";

const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.split("=")[1] ?? "";

const LOOK_MS = 20000; // a look that is not answered by then was lost on a stalled line
let dialog = null;

// Somebody cleared this site's cookies: the session went with them, and no form is believed.
export function withoutCookies() {
  return !("embed" in document.body.dataset) && !cookie("csrftoken");
}

export function askLogin() {
  dialog ??= document.getElementById("session");
  if ("embed" in document.body.dataset) return location.reload(); // a panel that ended says itself what to do
  if (!dialog || dialog.open) return;
  dialog.querySelector("[data-error]").textContent = "";
  dialog.showModal();
  dialog.querySelector("[name=password]").focus();
}

async function logIn(form) {
  const error = dialog.querySelector("[data-error]");
  error.textContent = "";
  const page = await fetch(form.action, { headers: { "HX-Request": "true" } }).then((answer) => answer.text());
  const token = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]")?.value ?? cookie("csrftoken");
  const body = new URLSearchParams({ username: form.username.value, password: form.password.value, csrfmiddlewaretoken: token });
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  form.password.value = "";
  if (answer.type !== "opaqueredirect") {
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=alert]");
    error.textContent = told?.textContent.trim() || say("server");
    return;
  }
  dialog.close();
  renew();
}

// What is under way is said on the button, and is not begun twice.
async function oncePressed(form) {
  const button = form.querySelector("button");
  if (button.ariaBusy === "true") return;
  const words = button.textContent;
  button.ariaBusy = "true";
  button.textContent = button.dataset.busy;
  try {
    await logIn(form);
  } catch {
    dialog.querySelector("[data-error]").textContent = say("network");
  } finally {
    button.ariaBusy = "false";
    button.textContent = words;
  }
}

// The token changed with the log-in: forms and requests of this page use the new one.
function renew() {
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = cookie("csrftoken")));
  window.dispatchEvent(new Event("session:renewed"));
}

export function startSession() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = cookie("csrftoken");
    if (token) event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.verb === "get") event.detail.timeout ||= LOOK_MS;
  });
  const form = document.querySelector("#session form[action]");
  dialog = document.getElementById("session");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    oncePressed(form);
  });
}

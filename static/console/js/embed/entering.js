// The frame before its panel: hears which ticket the helpdesk shows, opens a window of ours, and takes its code.
import { hear } from "./hearing.js";

const PATIENCE_MS = 8000;
const how = JSON.parse(document.getElementById("hears").textContent);
const page = document.querySelector("[data-entering]");
const link = page.querySelector("[data-allow]");
const form = page.querySelector("form");
const display = new URLSearchParams(location.search);

function show(state) {
  for (const part of page.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

const silent = setTimeout(() => show("silent"), PATIENCE_MS);

hear(how, ({ ticket, account }) => {
  clearTimeout(silent);
  if (account !== how.account) {
    link.removeAttribute("href");
    show("other");
    return;
  }
  const asked = new URLSearchParams({ t: ticket, a: account });
  for (const name of ["lang", "theme"]) if (display.get(name)) asked.set(name, display.get(name));
  const address = `${how.window}?${asked}`;
  if (link.getAttribute("href") !== address) show("ready");
  link.setAttribute("href", address);
});

// The browser opens it: where the helpdesk's page keeps windows apart, `window.open` has nothing to show for it.
link.addEventListener("click", () => show("asked"));

window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || typeof event.data?.code !== "string") return;
  form.elements.code.value = event.data.code;
  event.source.postMessage({ taken: true }, location.origin);
  form.requestSubmit();
});

// A single page: each view is drawn from the server's answer and has its own address behind the #, so that Back works.
const W = JSON.parse(document.getElementById("words").textContent);
const view = document.getElementById("view");
const busy = document.getElementById("busy");
const h = (tag, attributes, ...children) => {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) name === "on" ? el.addEventListener("click", value) : el.setAttribute(name, value);
  el.append(...children);
  return el;
};
const ask = async (path, options) => {
  busy.hidden = false;
  try {
    const response = await fetch("/smsdesk/api" + path, options);
    return { ok: response.ok, status: response.status, data: await response.json() };
  } catch {
    return { ok: false, status: 0, data: { error: W.network } };
  } finally {
    busy.hidden = true;
  }
};
const show = (title, ...parts) => {
  document.getElementById("title").textContent = title;
  view.replaceChildren(...parts);
  scrollTo(0, 0);
};
const blank = (sign, title, text, ...more) => h("div", { class: "blank" }, h("div", { class: "round", "aria-hidden": "true" }, sign), h("b", {}, title), text || "", ...more);
const broken = (again) => show(W.app, blank("!", W.network, "", h("div", {}, h("button", { on: again }, W.retry))));
const go = (address) => { location.hash = address; };

function searchBox(value) {
  const input = h("input", { type: "tel", inputmode: "numeric", maxlength: "13", placeholder: W.placeholder, "aria-label": W.mobile, enterkeyhint: "search" });
  input.value = value || "";
  const run = () => {
    const wanted = input.value.replace(/\s/g, "");
    if (!wanted) return input.focus();
    location.hash === "#/find/" + wanted ? route() : go("/find/" + wanted);
  };
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") run(); });
  return h("div", { class: "panel ask" }, h("div", {}, W.search), h("div", { class: "ask-line" }, input, h("button", { class: "ask-go", on: run }, W.go)), h("small", {}, W.tip));
}

const person = (user) => h("div", { class: "row", role: "link", tabindex: "0", on: () => go("/user/" + user.mobile) },
  h("span", { class: "face", "aria-hidden": "true" }, user.name[0]),
  h("div", { class: "row-main" }, h("div", {}, user.name), h("div", {}, user.mobile)), h("span", { class: "arrow", "aria-hidden": "true" }, "›"));

async function start() {
  show(W.app, searchBox(""));
  const answer = await ask("/users/waiting");
  if (!answer.ok) return broken(start);
  view.append(h("div", { class: "panel" }, h("div", { class: "panel-head" }, W.waiting, h("span", {}, W.waitingNote)), ...answer.data.map(person)));
}

async function find(query) {
  show(W.found, searchBox(query));
  const answer = await ask("/users?q=" + encodeURIComponent(query));
  if (!answer.ok) return broken(() => find(query));
  const rows = answer.data.map(person);
  view.append(rows.length ? h("div", { class: "panel" }, ...rows) : blank("?", W.none, W.noneText));
}

const pair = (name, value) => h("div", { class: "pair" }, h("span", {}, name), h("span", {}, value));
const codeRow = (code) => h("div", { class: "code" }, h("b", {}, code.code), h("em", { class: code.status }, code.label),
  h("small", {}, code.sent_at), h("small", { style: "text-align:right" }, code.scene + (code.expired ? " · " + W.expired : "")));

async function user(mobile) {
  show(W.user);
  const answer = await ask("/users/" + mobile);
  if (answer.status === 404) return show(W.user, blank("?", W.none, W.noneText));
  if (!answer.ok) return broken(() => user(mobile));
  const data = answer.data;
  show(W.user,
    h("div", { class: "panel" }, pair(W.mobile, data.mobile), pair(W.name, data.name), pair(W.id, data.id), pair(W.level, data.level), pair(W.registered, data.registered), pair(W.city, data.city)),
    h("div", { class: "panel" }, h("div", { class: "panel-head" }, W.codes), ...data.codes.map(codeRow)),
    h("button", { class: "primary", on: () => confirmSending(mobile) }, W.resend),
    h("div", { class: "quota" }, W.left.replace("%s", data.left)));
}

const dialog = document.getElementById("confirm");
let toSend = "";
function confirmSending(mobile) {
  toSend = mobile;
  document.getElementById("confirm-text").textContent = W.ask.replace("%s", mobile);
  dialog.hidden = false;
}
document.getElementById("no").addEventListener("click", () => { dialog.hidden = true; });
document.getElementById("yes").addEventListener("click", async () => {
  dialog.hidden = true;
  const mobile = toSend;
  const answer = await ask(`/users/${mobile}/resend`, { method: "POST" });
  sent = { mobile, ...answer };
  go("/sent/" + mobile);
});

let sent = null;
function result(mobile) {
  if (!sent || sent.mobile !== mobile) return go("/user/" + mobile);
  const { ok, data } = sent;
  const mark = h("div", { class: "round", "aria-hidden": "true" }, ok ? "✓" : "!");
  const head = h("div", { class: ok ? "ok" : "ok bad" }, mark, h("b", {}, ok ? W.sent : W.failed), h("p", {}, ok ? W.sentText.replace("%s", mobile) : data.error));
  const facts = ok ? [pair(W.mobile, mobile), pair(W.at, data.sent_at), pair(W.validity, W.minutes)] : [];
  return show(W.sentTitle, h("div", { class: "panel" }, head, ...facts), h("button", { class: "primary", on: () => go("/user/" + mobile) }, W.done));
}

function route() {
  const [, name, value] = location.hash.slice(1).split("/");
  dialog.hidden = true;
  document.getElementById("back").style.visibility = name ? "visible" : "hidden";
  if (name === "find") return find(decodeURIComponent(value));
  if (name === "user") return user(value);
  if (name === "sent") return result(value);
  return start();
}
document.getElementById("back").addEventListener("click", () => history.back());
addEventListener("hashchange", route);
route();

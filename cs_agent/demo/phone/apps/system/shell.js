// Draws the phone's own parts from one state that the phone sends whole. Rule: nothing is kept here that the phone
// does not know; every press is told to it and only the next state shows the effect.
const $ = (id) => document.getElementById(id);
const act = (name, value = null) => window.__phone({ kind: "action", name, value });
const make = (tag, props = {}, ...children) => {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "press") el.addEventListener("click", value);
    else if (name in el && name !== "role") el[name] = value;
    else el.setAttribute(name, value);
  }
  el.append(...children);
  return el;
};
let words = {};

const ROWS = { letters: ["qwertyuiop", "asdfghjkl", "zxcvbnm"], digits: ["1234567890", "@#¥_&-+()", "*\"':;!?"] };
let board = "letters", upper = false;

function drawKeyboard(kind) {
  const box = $("keyboard");
  box.className = kind;
  if (kind === "adb") return box.replaceChildren("ADB Keyboard {ON}");
  const key = (label, value, cls = "", name = "") => make("button", { className: cls, ariaLabel: name || label, press: () => act("key", value) }, make("span", {}, label));
  const rows = ROWS[board].map((letters, at) => {
    const row = make("div", { className: "row" });
    const turn = (label, run, name) => make("button", { className: "wide", ariaLabel: name, press: () => { run(); drawKeyboard(kind); act("redrawn"); } }, make("span", {}, label));
    if (at === 2) row.append(turn(upper ? "⬆" : "⇧", () => { upper = !upper; }, "Shift"));
    row.append(...[...letters].map((letter) => { const shown = upper ? letter.toUpperCase() : letter; return key(shown, shown); }));
    if (at === 2) row.append(key("⌫", "Backspace", "wide", words.delete));
    return row;
  });
  const swap = make("button", { className: "wide", press: () => { board = board === "letters" ? "digits" : "letters"; drawKeyboard(kind); act("redrawn"); } }, make("span", {}, board === "letters" ? "?123" : "ABC"));
  rows.push(make("div", { className: "row" }, swap, key(",", ","), key(words.space, " ", "space"), key(".", "."), key("⏎", "Enter", "wide go", words.enter)));
  const tools = make("div", { className: "tools" }, make("span", {}, words.keyboard), make("button", { ariaLabel: words.hide, press: () => act("hide-keyboard") }, "⌄"));
  box.replaceChildren(tools, ...rows);
}

const DRAW = {
  permission: (o) => make("div", { className: "dim" }, make("div", { className: "sheet permission", role: "alertdialog" },
    make("div", { className: "glyph", innerHTML: '<svg viewBox="0 0 24 24"><path d="M4 4h6l2 2h8a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z"/></svg>' }),
    make("h2", {}, o.message),
    make("div", { className: "acts" },
      make("button", { press: () => act("permission", "allow") }, words.allow),
      make("button", { press: () => act("permission", "deny") }, words.deny)))),
  "not-responding": (o) => make("div", { className: "dim" }, make("div", { className: "sheet", role: "alertdialog" },
    make("h2", {}, o.message),
    make("div", { className: "choices" },
      make("button", { press: () => act("not-responding", "close") }, words.closeApp),
      make("button", { press: () => act("not-responding", "wait") }, words.waitForApp)))),
  dialog: (o) => make("div", { className: "dim" }, make("div", { className: "sheet", role: "alertdialog" },
    ...(o.title ? [make("h2", {}, o.title)] : []), make("p", {}, o.message),
    make("div", { className: "acts" },
      ...(o.cancel ? [make("button", { press: () => act("dialog", false) }, words.cancel)] : []),
      make("button", { press: () => act("dialog", true) }, words.ok)))),
  select: (o) => make("div", { className: "dim low" }, make("div", { className: "sheet", role: "dialog" },
    ...(o.title ? [make("h2", {}, o.title)] : []),
    make("div", { className: "choices" }, ...o.options.map((option, at) => make("button",
      { role: "radio", "aria-checked": String(option.selected), disabled: option.disabled, press: () => act("select", at) }, make("i"), option.text || " "))),
    make("div", { className: "acts" }, make("button", { press: () => act("select", null) }, words.cancel)))),
  advertisement: () => make("div", { className: "ad over-app" },
    make("span", { className: "mark" }, words.ad),
    make("button", { className: "skip", press: () => act("advertisement", "skip") }, words.skip),
    make("button", { className: "close", ariaLabel: words.close, press: () => act("advertisement", "close") }, "×"),
    make("h1", {}, words.adTitle), make("div", { className: "sum", innerHTML: "<small>¥</small>200" }), make("p", {}, words.adText),
    make("button", { className: "take", press: () => act("advertisement", "take") }, words.adTake)),
  recents: (o) => make("div", { className: "recents over-all" },
    o.cards.length
      ? make("div", { className: "cards" }, ...o.cards.map((card) => make("button", { press: () => act("recent", card.package) },
          make("b", {}, card.label), make("img", { src: card.picture, alt: card.label }))))
      : make("p", { className: "none" }, words.noRecents),
    ...(o.cards.length ? [make("button", { className: "all", press: () => act("clear-recents") }, words.clearAll)] : [])),
  picker: (o) => make("div", { className: "picker over-app" },
    make("header", {}, make("button", { ariaLabel: words.back, press: () => act("pick", null) }, "←"), words.recentFiles),
    o.items.length
      ? make("div", { className: "list" }, ...o.items.map((item, at) => make("button", { press: () => act("pick", at) },
          item.thumb ? make("img", { src: item.thumb, alt: "" }) : make("span", { className: "film", ariaHidden: "true" }, "▶"),
          make("b", {}, item.name), make("small", {}, item.note))))
      : make("p", { className: "none" }, words.noFiles)),
};

function place(el, top, bottom) {
  el.style.top = top + "px";
  el.style.height = bottom - top + "px";
}

let shown = { overlay: "", keyboard: "", banner: "" };
function draw(state) {
  words = state.words;
  const root = document.documentElement;
  root.classList.toggle("dark", state.dark);
  root.lang = state.english ? "en" : "zh-CN";
  root.style.setProperty("--k", state.large ? 1.3 : 1);
  for (const [el, [back, ink]] of [[$("status"), state.bar], [$("bar"), state.lowBar]]) {
    el.style.background = back;
    el.style.color = ink;
  }
  root.style.setProperty("--charge", state.battery + "%");
  $("clock").textContent = state.clock;
  $("charge").textContent = state.battery;
  $("status").style.height = state.appTop + "px";
  place($("bar"), state.navigationTop, state.bottom);

  const keyboard = JSON.stringify([state.keyboard, words.space]);
  $("keyboard").hidden = !state.keyboard;
  if (state.keyboard) {
    if (shown.keyboard !== keyboard) { board = "letters"; upper = false; drawKeyboard(state.keyboard); }
    place($("keyboard"), state.keyboardTop, state.navigationTop);
  }
  shown.keyboard = state.keyboard ? keyboard : "";

  $("loading").hidden = !state.loading;
  $("loading-text").textContent = words.loading;
  place($("loading"), state.appTop, state.keyboardTop);
  $("toast").hidden = !state.toast;
  $("toast").textContent = state.toast;
  $("toast").style.bottom = state.bottom - state.keyboardTop + 56 + "px";

  const overlay = JSON.stringify([state.overlay, words.ok, state.dark]);
  if (overlay !== shown.overlay) {
    $("overlay").hidden = !state.overlay;
    $("overlay").replaceChildren(...(state.overlay ? [DRAW[state.overlay.kind](state.overlay)] : []));
    shown.overlay = overlay;
  }
  for (const el of document.querySelectorAll(".over-app, .over-all")) place(el, el.classList.contains("over-all") ? 0 : state.appTop, state.navigationTop);

  const banner = JSON.stringify(state.banner);
  if (banner !== shown.banner) {
    $("banner").hidden = !state.banner;
    $("banner").replaceChildren(...(state.banner ? [drawBanner(state.banner, state.appTop)] : []));
    shown.banner = banner;
  }
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
}

function drawBanner(banner, top) {
  const card = make("button", { press: () => act("banner", "open") },
    make("span", { className: "face", ariaHidden: "true" }, banner.face), make("b", {}, banner.title), make("time", {}, banner.time), make("p", {}, banner.text));
  card.style.top = top + 6 + "px";
  let from = null;
  card.addEventListener("touchstart", (event) => { from = event.touches[0].clientY; }, { passive: true });
  card.addEventListener("touchmove", (event) => { if (from !== null && from - event.touches[0].clientY > 20) { from = null; act("banner", "away"); } }, { passive: true });
  return card;
}
for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => act(button.dataset.do));

// The part of the phone's own drawing at a place, so that a touch goes to what it seems to touch.
const owns = (x, y) => { const top = document.elementFromPoint(x, y); return !!top && top !== document.documentElement && top !== document.body; };
// Rectangles that hide the app entirely.
const covers = () => [...document.querySelectorAll("#banner > *, .over-app, .over-all, #keyboard:not([hidden])")].map((el) => { const r = el.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; });

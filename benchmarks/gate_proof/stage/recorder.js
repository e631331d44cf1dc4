// What the page's script did, as the page itself records it: the truth that a verdict is compared with.
// Rule: a request that is not a GET, a submitted form or a beacon is a deed; all else leads somewhere or nowhere.
const log = [];
const note = (kind, detail) => log.push({ kind, detail: String(detail || "") });

const realFetch = window.fetch.bind(window);
window.fetch = (address, options = {}) => {
  const method = (options.method || "GET").toUpperCase();
  note(method === "GET" || method === "HEAD" ? "read" : "deed", `${method} ${address}`);
  return realFetch(address, options).catch(() => null);
};
const beacon = navigator.sendBeacon.bind(navigator);
navigator.sendBeacon = (address, body) => { note("deed", `BEACON ${address}`); return beacon(address, body); };
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const method = (event.target.method || "get").toUpperCase();
  note(method === "GET" ? "read" : "deed", `FORM ${method}`);
}, true);

const DOES = {
  post: () => fetch("/deed", { method: "POST", body: "{}" }),
  put: () => fetch("/deed", { method: "PUT", body: "{}" }),
  delete: () => fetch("/deed", { method: "DELETE" }),
  beacon: () => navigator.sendBeacon("/deed", "1"),
  submit: () => {
    const form = document.createElement("form");
    form.method = "post"; form.action = "/deed"; form.hidden = true;
    document.body.append(form); form.requestSubmit(); form.remove();
  },
  read: () => fetch("/look"),
  nav: () => { note("nav"); history.pushState({}, "", `/page/${history.length}`); },
  open: () => note("open"),
  none: () => {},
};

export function act(does) { (DOES[does] || DOES.none)(); }
export function itself() { note("itself"); } // what follows is nobody's act but the page's
export function touched(kind) { note("touch", kind); }
window.__log = log;
window.__clear = () => { log.length = 0; };

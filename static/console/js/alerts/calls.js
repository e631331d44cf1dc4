// Calls the reader when a run waits for them, on whatever page: a number, a title, a sound, a desktop notification.
// One call for all tabs; silent once it was answered, and for what is before the reader's eyes; within the reader's quiet
// hours nothing calls, and what still waits at their end does then.
import { forThisBrowser } from "../embed/keeping.js";
import { showLink } from "../shared/link_state.js";
import { LiveSocket } from "../shared/socket.js";
import { setTitle } from "../shared/title.js";
import { say } from "../shared/words.js";
import { offerDesktop, quiet, settings, settingsForm, tellMute } from "./chosen.js";
import { addressesSeen, holdWhileSeen } from "./in_front.js";
import { mute, ring } from "./sound.js";

const APART_MS = 200; // between two looks, however much happens
const MOST = 3; // notifications at a time; more are told as one
const AGAIN_MS = 30000; // a hint may be lost
const CALLED = "cs.called";
const PATIENCE_MS = 10000;
const MUTE_MS = 400; // so long a tab that may not make a sound leaves the call to one that may
const KINDS = /^(confirmation|question|takeover|run\.changed|ticket\.changed)/;

class Alerts {
  constructor(address) {
    this.address = address;
    this.shown = new Map();
    this.lookedAt = -APART_MS;
    this.soon = () => this.lookSoon();
    this.socket = new LiveSocket(`${document.body.dataset.root}ws/queue/`, {
      state: (state) => this.linked(state),
      message: (message) => message.type === "changed" && KINDS.test(message.kind) && this.soon(),
    });
    setInterval(this.soon, AGAIN_MS);
    holdWhileSeen();
    // Who goes on to another page is there; nobody would take the notification back once it was answered.
    window.addEventListener("pagehide", () => [...this.shown.keys()].forEach((notice) => notice.close()));
    this.soon();
  }

  // At once if it can be: a browser lets the timers of a tab in the background wait for a second.
  lookSoon() {
    const wait = this.looking ? APART_MS : this.lookedAt + APART_MS - performance.now();
    if (wait > 0) return void (this.timer ??= setTimeout(() => this.afterTimer(), wait));
    this.looking = this.look().finally(() => (this.looking = null));
  }

  afterTimer() {
    this.timer = null;
    this.lookSoon();
  }

  // A page that follows something by itself says how its own line is.
  linked(state) {
    if (!document.querySelector("[data-socket], #wall")) showLink(state);
    if (state === "open") this.soon();
  }

  async look() {
    this.lookedAt = performance.now();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(this.address, { headers: { "HX-Request": "true" }, signal })
      .then((each) => (each.ok ? each.json() : null))
      .catch(() => null); // also where the line broke in the middle of the answer
    if (!answer) return;
    const { mine, calls } = answer;
    this.count(mine);
    this.takeBack(calls);
    window.dispatchEvent(new CustomEvent("waiting:changed", { detail: { mine } }));
    if (calls.length && !quiet(settings())) await this.callOut(calls);
  }

  takeBack(calls) {
    for (const [notice, keys] of this.shown) {
      if (calls.some((call) => keys.includes(call.key))) continue;
      notice.close();
      this.shown.delete(notice);
    }
  }

  async callOut(calls) {
    if (mute()) await new Promise((over) => setTimeout(over, MUTE_MS));
    const fresh = await this.unheard(calls);
    const seen = await addressesSeen();
    const unseen = fresh.filter((call) => !seen.includes(call.url));
    if (unseen.length) this.call(unseen);
  }

  count(number) {
    const badge = document.getElementById("waiting-count");
    if (badge) {
      badge.textContent = number || "";
      badge.hidden = !number;
    }
    setTitle({ count: number });
  }

  // Of several tabs the first one takes the call.
  unheard(calls) {
    const pick = () => {
      const heard = JSON.parse(forThisBrowser.getItem(CALLED) ?? "[]");
      const fresh = calls.filter((call) => !heard.includes(call.key));
      if (fresh.length) forThisBrowser.setItem(CALLED, JSON.stringify([...heard, ...fresh.map((call) => call.key)].slice(-200)));
      return fresh;
    };
    return navigator.locks ? navigator.locks.request(CALLED, pick) : pick();
  }

  call(calls) {
    const chosen = settings();
    if (chosen.sound) ring();
    if (!chosen.desktop || !("Notification" in window) || Notification.permission !== "granted") return;
    if (calls.length > MOST) {
      const url = `${document.body.dataset.root}waiting/`;
      return this.show({ title: say("several_wait", { n: calls.length }), text: "", url }, calls.map((call) => call.key));
    }
    for (const call of calls) this.show(call, [call.key]);
  }

  show({ title, text, url }, keys) {
    const notice = new Notification(title, { body: text, tag: keys[0] });
    notice.onclick = () => {
      window.focus();
      notice.close();
      if (url !== location.pathname) location.assign(url);
    };
    this.shown.set(notice, keys);
  }
}

export function startAlerts() {
  const address = document.body.dataset.waiting;
  if (!address) return;
  new Alerts(address);
  const dialog = document.getElementById("alerts");
  if (dialog) settingsForm(dialog);
  if (document.querySelector("[data-open=alerts]")) tellMute();
  offerDesktop();
}

// Calls the reader when a run waits for them, on whatever page: a number, a title, a sound, a desktop notification.
// One call for all tabs; silent once it was answered; never within the reader's quiet hours.
import { forThisBrowser } from "../embed/keeping.js";
import { showLink } from "./link_state.js";
import { LiveSocket } from "./socket.js";
import { say } from "./words.js";
import { setTitle } from "./title.js";

const SETTLE_MS = 200;
const AGAIN_MS = 30000; // a hint may be lost
const STORE = "cs.alerts";
const CALLED = "cs.called";
const PATIENCE_MS = 10000;
const MUTE_MS = 400; // so long a tab that may not make a sound leaves the call to one that may
const KINDS = /^(confirmation|question|takeover|run\.changed|ticket\.changed)/;

const settings = () => ({ sound: true, desktop: false, from: "", until: "", ...JSON.parse(forThisBrowser.getItem(STORE) ?? "{}") });

// A browser lets a page ring only once it was touched.
const mute = () => navigator.userActivation?.hasBeenActive === false;

function quiet({ from, until }) {
  if (!from || !until || from === until) return false;
  const now = new Date().toTimeString().slice(0, 5);
  return from < until ? now >= from && now < until : now >= from || now < until;
}

class Alerts {
  constructor(address) {
    this.address = address;
    this.shown = new Map();
    this.soon = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), SETTLE_MS);
    };
    this.socket = new LiveSocket(`${document.body.dataset.root}ws/queue/`, {
      state: (state) => this.linked(state),
      message: (message) => message.type === "changed" && KINDS.test(message.kind) && this.soon(),
    });
    setInterval(this.soon, AGAIN_MS);
    // Who goes on to another page is there; nobody would take the notification back once it was answered.
    window.addEventListener("pagehide", () => this.shown.forEach((notice) => notice.close()));
    this.look();
  }

  // A page that follows something by itself says how its own line is.
  linked(state) {
    if (!document.querySelector("[data-socket], #wall")) showLink(state);
    if (state === "open") this.soon();
  }

  async look() {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(this.address, { headers: { "HX-Request": "true" }, signal })
      .then((each) => (each.ok ? each.json() : null))
      .catch(() => null); // also where the line broke in the middle of the answer
    if (!answer) return;
    const { mine, calls } = answer;
    this.count(mine);
    for (const [key, notice] of this.shown) {
      if (calls.some((call) => call.key === key)) continue;
      notice.close();
      this.shown.delete(key);
    }
    if (mute()) await new Promise((over) => setTimeout(over, MUTE_MS));
    const fresh = await this.unheard(calls);
    if (fresh.length) this.call(fresh);
    window.dispatchEvent(new CustomEvent("waiting:changed", { detail: { mine } }));
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
    if (quiet(chosen)) return;
    const here = calls.some((call) => call.url === location.pathname) && document.hasFocus();
    if (chosen.sound && !here) ring();
    if (!chosen.desktop || here || !("Notification" in window) || Notification.permission !== "granted") return;
    for (const call of calls) {
      const notice = new Notification(call.title, { body: call.text, tag: call.key });
      notice.onclick = () => (window.focus(), location.assign(call.url));
      this.shown.set(call.key, notice);
    }
  }
}

// The bell says where this page may make no sound yet: after F5, or in a tab that was opened and left alone.
function tellMute() {
  const bell = document.querySelector("[data-open=alerts]");
  const words = bell.title;
  const touches = ["pointerup", "keyup", "change"];
  const tell = () => {
    const silent = settings().sound && mute();
    bell.toggleAttribute("data-mute", silent);
    bell.title = bell.ariaLabel = silent ? say("mute") : words;
    if (!mute()) for (const touch of touches) document.removeEventListener(touch, tell);
  };
  for (const touch of touches) document.addEventListener(touch, tell);
  tell();
}

// Two short tones.
function ring() {
  if (mute()) return;
  const audio = new AudioContext();
  [880, 1174].forEach((pitch, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + index * 0.16;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.15);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  });
  setTimeout(() => audio.close(), 800);
}

function settingsForm(dialog) {
  const form = dialog.querySelector("form[data-alerts]");
  const chosen = settings();
  form.sound.checked = chosen.sound;
  form.desktop.checked = chosen.desktop && Notification?.permission === "granted";
  form.from.value = chosen.from;
  form.until.value = chosen.until;
  form.addEventListener("change", async (event) => {
    if (event.target === form.desktop && form.desktop.checked) {
      const allowed = "Notification" in window && (await Notification.requestPermission()) === "granted";
      form.desktop.checked = allowed;
      form.querySelector("[data-refused]").textContent = allowed ? "" : say("desktop_refused");
    }
    if (event.target === form.sound && form.sound.checked) ring();
    const kept = { sound: form.sound.checked, desktop: form.desktop.checked, from: form.from.value, until: form.until.value };
    forThisBrowser.setItem(STORE, JSON.stringify(kept));
  });
}

export function startAlerts() {
  const address = document.body.dataset.waiting;
  if (!address) return;
  new Alerts(address);
  const dialog = document.getElementById("alerts");
  if (dialog) settingsForm(dialog);
  if (document.querySelector("[data-open=alerts]")) tellMute();
}

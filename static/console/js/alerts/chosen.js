// How the reader wants to be called, kept in this browser; asked once for desktop notifications, by a click.
import { forThisBrowser } from "../embed/keeping.js";
import { notify } from "../shared/notices.js";
import { say } from "../shared/words.js";
import { mute, ring } from "./sound.js";

const STORE = "cs.alerts";
const OFFERED = "cs.desktop-offered";

export const settings = () => ({ sound: true, desktop: false, from: "", until: "", ...JSON.parse(forThisBrowser.getItem(STORE) ?? "{}") });

export function quiet({ from, until }) {
  if (!from || !until || from === until) return false;
  const now = new Date().toTimeString().slice(0, 5);
  return from < until ? now >= from && now < until : now >= from || now < until;
}

function keep(changed) {
  forThisBrowser.setItem(STORE, JSON.stringify({ ...settings(), ...changed }));
}

const mayNotify = async () => "Notification" in window && (await Notification.requestPermission()) === "granted";

// Once in this browser, where one looks for what waits and as long as nobody chose.
export function offerDesktop() {
  const offer = document.getElementById("desktop-offer");
  if (!offer || forThisBrowser.getItem(OFFERED) || settings().desktop || window.Notification?.permission !== "default") return;
  offer.hidden = false;
  offer.addEventListener("click", async ({ target }) => {
    const answer = target.closest("[data-desktop]")?.dataset.desktop;
    if (!answer) return;
    forThisBrowser.setItem(OFFERED, "1");
    offer.hidden = true;
    if (answer === "no") return;
    const desktop = await mayNotify();
    keep({ desktop });
    document.querySelector("form[data-alerts]").desktop.checked = desktop;
    if (!desktop) notify(say("desktop_refused"), "warn");
  });
}

export function settingsForm(dialog) {
  const form = dialog.querySelector("form[data-alerts]");
  const chosen = settings();
  form.sound.checked = chosen.sound;
  form.desktop.checked = chosen.desktop && window.Notification?.permission === "granted";
  form.from.value = chosen.from;
  form.until.value = chosen.until;
  form.addEventListener("change", async (event) => {
    if (event.target === form.desktop && form.desktop.checked) {
      const allowed = await mayNotify();
      form.desktop.checked = allowed;
      form.querySelector("[data-refused]").textContent = allowed ? "" : say("desktop_refused");
    }
    if (event.target === form.sound && form.sound.checked) ring();
    keep({ sound: form.sound.checked, desktop: form.desktop.checked, from: form.from.value, until: form.until.value });
  });
}

// The bell says where this page may make no sound yet: after F5, or in a tab that was opened and left alone.
export function tellMute() {
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

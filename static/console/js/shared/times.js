// Times told relative to now, kept right as time passes: ages, SLA countdowns, a confirmation's time left.
import { say } from "./words.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const SOON = 30 * MINUTE;

function ago(seconds) {
  if (seconds < 10) return say("just_now");
  if (seconds < MINUTE) return say("seconds_ago", { n: Math.floor(seconds) });
  if (seconds < HOUR) return say("minutes_ago", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return say("hours_ago", { n: Math.floor(seconds / HOUR) });
  return say("days_ago", { n: Math.floor(seconds / DAY) });
}

function rough(seconds) {
  if (seconds < HOUR) return say("minutes", { n: Math.max(1, Math.floor(seconds / MINUTE)) });
  if (seconds < 2 * DAY) return say("hours", { n: Math.floor(seconds / HOUR) });
  return say("days", { n: Math.floor(seconds / DAY) });
}

function due(element, left) {
  element.textContent = left < 0 ? say("over", { t: rough(-left) }) : say("left", { t: rough(left) });
  element.classList.toggle("sla-late", left < 0);
  element.classList.toggle("sla-soon", left >= 0 && left < SOON);
  element.classList.toggle("sla-ok", left >= SOON);
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// How far this computer's clock is ahead of the server's, in ms: everything due is due by the server's.
const NEGLIGIBLE_MS = 3000;
let ahead = null;
function skew() {
  if (ahead === null) {
    const told = Number(document.body.dataset.now) * 1000;
    const arrived = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
    ahead = told && Math.abs(arrived - told) > NEGLIGIBLE_MS ? arrived - told : 0;
  }
  return ahead;
}

export function tellTimes(root = document) {
  const now = Date.now() - skew();
  for (const element of root.querySelectorAll("time[data-when]")) {
    const seconds = (Date.parse(element.dateTime) - now) / 1000;
    if (element.dataset.when === "ago") element.textContent = ago(-seconds);
    else if (element.dataset.when === "due") due(element, seconds);
    else if (element.dataset.when === "for") element.textContent = -seconds < HOUR ? clock(-seconds) : rough(-seconds);
    else if (element.dataset.when === "left") element.textContent = seconds > 0 ? say("time_left", { t: clock(seconds) }) : say("expired");
  }
}

export function startTimes() {
  tellTimes();
  setInterval(tellTimes, 1000);
  document.body.addEventListener("htmx:load", (event) => tellTimes(event.detail.elt.parentElement ?? document));
}

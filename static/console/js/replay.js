// The replay: the step list follows the video, a click on a step goes there, waits can be skipped.
import { composing } from "./shared/shortcuts.js";

class ReplayPlayer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("[data-video]");
    this.steps = [...this.querySelectorAll("[data-start]")];
    this.waits = JSON.parse(document.getElementById("waits").textContent);
    this.speed = this.querySelector("[data-speed]");
    this.listen();
    this.follow();
  }

  listen() {
    this.video.addEventListener("timeupdate", () => this.follow());
    this.video.addEventListener("seeked", () => this.follow());
    this.video.addEventListener("loadedmetadata", () => this.follow());
    this.speed.addEventListener("change", () => (this.video.playbackRate = Number(this.speed.value)));
    this.querySelector("[data-play]").addEventListener("click", () => this.toggle());
    this.addEventListener("click", (event) => {
      const step = event.target.closest("[data-jump]")?.closest("[data-start]");
      if (step) this.go(step);
    });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  toggle() {
    if (this.video.paused) this.video.play();
    else this.video.pause();
  }

  go(step) {
    this.video.currentTime = Number(step.dataset.start) + 0.01;
  }

  current() {
    const at = this.video.currentTime;
    return this.steps.filter((step) => Number(step.dataset.start) <= at).at(-1) ?? this.steps[0];
  }

  follow() {
    this.skip();
    const now = this.current();
    const { currentTime, duration } = this.video;
    this.querySelector("[data-clock]").textContent = `${clock(currentTime)} / ${clock(duration || 0)}`;
    if (!now || now.hasAttribute("aria-current")) return;
    this.steps.forEach((step) => step.toggleAttribute("aria-current", false));
    now.setAttribute("aria-current", "step");
    const list = now.parentElement;
    if (list.scrollHeight > list.clientHeight) list.scrollTop = now.offsetTop - list.offsetTop - 80;
  }

  skip() {
    if (this.video.paused || !this.querySelector("[data-skip]").checked) return;
    const at = this.video.currentTime;
    const wait = this.waits.find(({ start, end }) => at > start + 0.3 && at < end - 0.3);
    if (wait) this.video.currentTime = wait.end;
  }

  key(event) {
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => (this.video.currentTime -= 5),
      ArrowRight: () => (this.video.currentTime += 5),
      j: () => this.step(1),
      k: () => this.step(-1),
      "<": () => this.faster(-1),
      ">": () => this.faster(1),
    };
    const act = acts[event.key];
    if (!act || (event.key === " " && event.target.closest("button, video"))) return;
    event.preventDefault();
    act();
  }

  step(by) {
    const at = this.steps.indexOf(this.current());
    const next = this.steps[Math.min(Math.max(at + by, 0), this.steps.length - 1)];
    if (next) this.go(next);
  }

  faster(by) {
    this.speed.selectedIndex = Math.min(Math.max(this.speed.selectedIndex + by, 0), this.speed.length - 1);
    this.video.playbackRate = Number(this.speed.value);
  }
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

customElements.define("replay-player", ReplayPlayer);

// The replay: the step list follows the video, a click on a step goes there, waits can be skipped.
import { composing } from "./shared/shortcuts.js";

const LEAD_S = 2; // a mark is met a little before it happens

class ReplayPlayer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("[data-video]");
    this.steps = [...this.querySelectorAll("[data-start]")];
    this.waits = JSON.parse(document.getElementById("waits").textContent);
    this.speed = this.querySelector("[data-speed]");
    this.seek = this.querySelector("[data-seek]");
    this.marks = [...this.querySelectorAll("[data-mark]")];
    this.listen();
    this.follow();
  }

  listen() {
    this.video.addEventListener("timeupdate", () => this.follow());
    this.video.addEventListener("seeked", () => this.follow());
    this.video.addEventListener("loadedmetadata", () => this.measure());
    if (this.video.duration) this.measure();
    for (const name of ["play", "pause", "ended"]) this.video.addEventListener(name, () => this.tellPlaying());
    this.video.addEventListener("click", () => this.toggle());
    this.seek.addEventListener("input", () => (this.video.currentTime = Number(this.seek.value)));
    this.querySelector("[data-full]").addEventListener("click", () => this.fill());
    this.speed.addEventListener("change", () => (this.video.playbackRate = Number(this.speed.value)));
    this.querySelector("[data-play]").addEventListener("click", () => this.toggle());
    this.addEventListener("click", (event) => {
      const step = event.target.closest("[data-jump]")?.closest("[data-start]");
      if (step) this.go(step);
      const mark = event.target.closest("[data-mark]");
      if (mark) this.video.currentTime = Math.max(0, Number(mark.dataset.mark) - LEAD_S);
    });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  measure() {
    const { duration } = this.video;
    if (!Number.isFinite(duration) || !duration) return;
    this.seek.max = duration;
    for (const mark of this.marks) mark.style.left = `${Math.min(100, (100 * Number(mark.dataset.mark)) / duration)}%`;
    this.follow();
  }

  tellPlaying() {
    this.querySelector("[data-play]").setAttribute("aria-pressed", String(!this.video.paused));
  }

  fill() {
    const screen = this.querySelector(".replay-screen");
    if (document.fullscreenElement) document.exitFullscreen();
    else screen.requestFullscreen();
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
    this.seek.value = currentTime;
    this.seek.setAttribute("aria-valuetext", clock(currentTime));
    this.querySelector("[data-caption]").textContent = now ? now.querySelector(".step-words").textContent : "";
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
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=range]), select, textarea, dialog")) return;
    if (event.target.matches("[data-seek]") && event.key.startsWith("Arrow")) return;
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

// A lesson: the phone is driven as in a takeover; values are picked from a list, places are dragged over, commits marked.
import "../ticket/phone.js";
import { notify } from "../shared/notices.js";

const REFRESH_MS = 120;
const LEAST = 0.012; // of the screen; a smaller drag marks nothing
const READING_MS = 8000; // so long a mark waits for the page that is shown to be read
const AGAIN_MS = 400;

class LiveLesson extends HTMLElement {
  connectedCallback() {
    this.stage = this.querySelector("phone-stage");
    this.areas = this.querySelector("[data-areas]");
    this.asked = null;
    this.stage.intercept = (gesture) => this.intercept(gesture);
    this.stage.addEventListener("phone:message", (event) => this.hear(event.detail));
    this.stage.canvas.addEventListener("pointerdown", (event) => this.drag(event));
    this.addEventListener("click", (event) => this.click(event));
    this.querySelector("[data-value]")?.addEventListener("submit", (event) => this.addValue(event));
    this.querySelector("[data-ticket]")?.addEventListener("mouseup", () => this.pickText());
    document.body.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "lesson-state" && this.shown());
    this.shown();
  }

  get tool() {
    return this.querySelector("[name=tool]:checked")?.value; // none for who only looks on
  }

  get state() {
    return this.querySelector("#lesson-state");
  }

  shown() {
    this.stage.show(this.state.querySelector(".screen-head"));
    this.drawAreas();
  }

  refresh() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.state.contains(document.activeElement) && document.activeElement.matches("input, select")) return this.refresh();
      htmx.ajax("GET", this.dataset.state, { target: "#lesson-state", swap: "outerHTML" });
    }, REFRESH_MS);
  }

  hear(message) {
    if (message.type === "changed" || message.type === "ended") this.refresh();
    if (message.type !== "error") return;
    if (message.code === "looks_like_commit" && this.last) return this.ask(message.message);
    if (message.message) notify(message.message, "warn");
  }

  // True for a gesture that is not sent as it is.
  intercept(gesture) {
    if (gesture.kind === "type" && !gesture.slot) {
      const field = this.querySelector("[data-value] textarea");
      field.value += gesture.text;
      field.focus();
      return true;
    }
    this.last = gesture;
    if (this.tool === "drive" || gesture.kind === "key" || gesture.kind === "type" || gesture.kind === "commit") return false;
    if (this.tool === "commit") this.commit(gesture.at.slice(0, 2));
    else this.mark(gesture);
    return true;
  }

  commit(at) {
    this.use("drive");
    this.stage.send({ kind: "commit", at });
  }

  mark(gesture) {
    const [x1, y1, x2, y2] = gesture.at;
    const area = [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
    if (!(area[2] - area[0] > LEAST) || !(area[3] - area[1] > LEAST / 2)) return;
    this.postMark(this.tool, area.join(","), this.begun);
  }

  // Again while the page that is shown is still being read, as the picture is there before what stands on it is known.
  async postMark(kind, area, begun) {
    const until = performance.now() + READING_MS;
    for (;;) {
      const ago = Math.max(0, Math.round(performance.now() - begun));
      const answer = await this.send(this.dataset.marks, { kind, area, ago, page: this.state.dataset.page });
      if (answer.status !== 409 || performance.now() > until) return this.take(answer);
      this.refresh();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async post(address, values) {
    return this.take(await this.send(address, values));
  }

  send(address, values) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    return fetch(address, { method: "POST", body: new URLSearchParams(values), headers: { ...headers, "HX-Request": "true" } });
  }

  async take(answer) {
    const text = await answer.text();
    if (!answer.ok) {
      notify(new DOMParser().parseFromString(text, "text/html").body.textContent.trim() || answer.statusText, "warn");
      return null;
    }
    htmx.swap("#lesson-state", text, { swapStyle: "outerHTML" });
    this.shown();
    return answer;
  }

  click(event) {
    const key = event.target.closest("[data-phone-key]")?.dataset.phoneKey;
    if (key) this.stage.send({ kind: "key", key });
    const value = event.target.closest("[data-slot]");
    if (value) this.stage.send({ kind: "type", text: value.dataset.text, slot: value.dataset.slot });
    if (event.target.closest("[data-ask-commit]")) this.answer(() => this.commit(this.asked.at.slice(0, 2)));
    if (event.target.closest("[data-ask-sure]")) this.answer(() => this.stage.send({ ...this.asked, sure: true }));
    if (event.target.closest("[data-ask-no]")) this.answer(() => {});
  }

  ask(words) {
    this.asked = this.last;
    const box = this.querySelector("[data-ask]");
    box.querySelector("[data-ask-words]").textContent = words;
    box.hidden = false;
    box.querySelector("[data-ask-commit]").focus();
  }

  answer(act) {
    this.querySelector("[data-ask]").hidden = true;
    act();
    this.asked = null;
  }

  use(tool) {
    this.querySelector(`[name=tool][value=${tool}]`).checked = true;
  }

  async addValue(event) {
    event.preventDefault();
    const form = event.target;
    const text = form.value.value.trim();
    const answer = await this.post(this.dataset.values, new FormData(form));
    const slot = answer?.headers.get("X-Slot");
    if (!slot) return;
    this.stage.send({ kind: "type", text, slot });
    form.reset();
  }

  // What is chosen in the ticket's text becomes the value that is added.
  pickText() {
    const text = String(getSelection()).trim();
    const field = this.querySelector("[data-value] textarea");
    if (text && field) field.value = text;
  }

  drag(event) {
    if (!["confirm", "success"].includes(this.tool)) return;
    const frame = document.createElement("span");
    frame.className = `area area-${this.tool}`;
    this.areas.append(frame);
    this.begun = performance.now();
    const from = this.stage.gestures.place(event.clientX, event.clientY);
    const draw = (moved) => place(frame, [...from, ...this.stage.gestures.place(moved.clientX, moved.clientY)]);
    this.stage.canvas.addEventListener("pointermove", draw);
    this.stage.canvas.addEventListener("pointerup", () => {
      this.stage.canvas.removeEventListener("pointermove", draw);
      frame.remove();
    }, { once: true });
  }

  // The marks that were made on the page that is shown.
  drawAreas() {
    const here = this.state.dataset.steps;
    this.areas.replaceChildren(
      ...[...this.state.querySelectorAll("[data-area]")]
        .filter((mark) => mark.dataset.at === here && mark.dataset.area)
        .map((mark) => {
          const frame = document.createElement("span");
          frame.className = `area area-${mark.dataset.kind}`;
          place(frame, mark.dataset.area.split(",").map(Number));
          return frame;
        }),
    );
  }
}

function place(frame, [x1, y1, x2, y2]) {
  Object.assign(frame.style, {
    left: `${Math.min(x1, x2) * 100}%`,
    top: `${Math.min(y1, y2) * 100}%`,
    width: `${Math.abs(x2 - x1) * 100}%`,
    height: `${Math.abs(y2 - y1) * 100}%`,
  });
}

customElements.define("live-lesson", LiveLesson);

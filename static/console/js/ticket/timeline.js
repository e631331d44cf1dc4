// The growing list of steps: stays at the newest unless the reader scrolled up.
const NEAR_PX = 60;
const AGAIN_MS = 1500; // a picture is covered before it is stored, and may be asked for before that
const MOST_TRIES = 12;

export class Timeline {
  constructor(page) {
    this.page = page;
    this.atEnd = true;
    page.addEventListener("scroll", (event) => event.target === this.list && this.scrolled(), { capture: true, passive: true });
    page.addEventListener("click", (event) => event.target.closest("[data-newest]") && this.toEnd());
    page.addEventListener("error", (event) => event.target.matches?.(".shot img") && this.fetchAgain(event.target), { capture: true });
    page.addEventListener("load", (event) => event.target.matches?.(".shot img") && event.target.classList.remove("unstored"), { capture: true });
    this.toEnd();
  }

  fetchAgain(image) {
    const tries = Number(image.dataset.tries ?? 0) + 1;
    if (tries > MOST_TRIES) return;
    image.dataset.tries = tries;
    image.classList.add("unstored");
    setTimeout(() => image.setAttribute("src", image.getAttribute("src")), AGAIN_MS);
  }

  get part() {
    return this.page.querySelector("#part-steps");
  }

  get list() {
    return this.page.querySelector("#steps");
  }

  get run() {
    return this.part.dataset.run;
  }

  get last() {
    return Number(this.list.lastElementChild?.dataset.step ?? 0);
  }

  remember() {
    this.top = this.list.scrollTop;
  }

  scrolled() {
    this.atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_PX;
    if (this.atEnd) this.button.hidden = true;
  }

  get button() {
    return this.page.querySelector("[data-newest]");
  }

  changed() {
    this.touch();
    if (this.atEnd) return this.toEnd();
    if (this.top) this.list.scrollTop = this.top;
    this.button.hidden = false;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.atEnd = true;
    this.button.hidden = true;
  }

  // Show on the live phone where the newest step touched it.
  touch() {
    const step = this.list.lastElementChild;
    if (!step?.dataset.touch || step.dataset.mark === this.touched) return;
    this.touched = step.dataset.mark;
    const points = step.dataset.touch.split(",").map(Number);
    this.page.querySelector("phone-stage")?.mark(points, step.classList.contains("step-human"));
  }
}

// What has the focus is found again in the part of the page that replaces its own.
const TELLS = ["id", "data-key", "data-tab", "data-edit", "data-sort", "name", "value", "href", "hx-post"];

function description(element) {
  const told = TELLS.map((name) => element.getAttribute(name));
  return JSON.stringify([element.tagName, ...told, element.closest("[data-edit]")?.dataset.edit]);
}

export class Focus {
  remember(part) {
    const element = document.activeElement;
    this.kept = part.contains(element) && element !== part ? { part: part.id, told: description(element) } : null;
  }

  restore(part) {
    const { kept } = this;
    if (kept?.part !== part.id || document.activeElement !== document.body) return;
    this.kept = null;
    const fresh = document.getElementById(kept.part);
    [...fresh.querySelectorAll("a, button, summary, input, select, textarea, [tabindex]")]
      .find((each) => description(each) === kept.told)
      ?.focus({ preventScroll: true });
  }
}

// Keys and text for the phone while the reader holds it. Text goes as a whole, so that any input method works.
import { composing } from "../shared/shortcuts.js";

class PhoneKeys extends HTMLElement {
  connectedCallback() {
    this.handBack = (event) => this.maybeHandBack(event);
    document.addEventListener("keydown", this.handBack, { capture: true }); // before a field keeps the key to itself
    if (document.activeElement === document.body) this.focus({ preventScroll: true }); // the button that began it is gone
    this.addEventListener("click", (event) => {
      const key = event.target.closest("[data-phone-key]")?.dataset.phoneKey;
      if (key) this.send({ kind: "key", key });
      const size = event.target.closest("[data-phone-size]");
      if (size) size.ariaPressed = this.stage.typing.showWhole();
    });
    const size = this.querySelector("[data-phone-size]"); // lessons have none
    if (size) size.ariaPressed = this.stage.hasAttribute("data-whole");
    const form = this.querySelector("[data-type]");
    const input = form.querySelector("input");
    input.addEventListener("keydown", (event) => event.stopPropagation());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value && this.send({ kind: "type", text: input.value })) input.value = "";
    });
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.handBack, { capture: true });
  }

  // Wherever the focus is, but in a note: there the key keeps the note.
  maybeHandBack(event) {
    const button = this.querySelector("[data-hand-back]");
    if (!button || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || composing(event)) return;
    if (event.target.closest?.(".note-form") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    button.click();
  }

  get stage() {
    return document.querySelector("phone-stage");
  }

  send(gesture) {
    return this.stage.send(gesture);
  }
}

customElements.define("phone-keys", PhoneKeys);

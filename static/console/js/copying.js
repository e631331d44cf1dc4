// A button that copies the text it carries; where the browser lets no page copy (plain HTTP), the text is selected.
import { notify } from "./shared/notices.js";
import { say } from "./shared/words.js";

async function copy(button) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(button.dataset.copies);
    notify(say("copied"), "ok");
  } else {
    getSelection().selectAllChildren(button.previousElementSibling);
  }
}

export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (button) copy(button);
  });
}

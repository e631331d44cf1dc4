// Copies for people. Where the browser lets no page write to the clipboard by itself (plain HTTP, a frame in another
// page), the older way is taken; a button that carries its text beside it selects it at last.
import { notify } from "./shared/notices.js";
import { say } from "./shared/words.js";

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text) {
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return copied;
}

async function copy(button) {
  if (await copyText(button.dataset.copies)) notify(say("copied"), "ok");
  else getSelection().selectAllChildren(button.previousElementSibling);
}

// What a browser cuts off from a pasted text, because the field takes no more, is said.
function pasted(event) {
  const field = event.target.closest?.("input[maxlength], textarea[maxlength]");
  if (!field) return;
  const text = event.clipboardData?.getData("text") ?? "";
  const room = field.maxLength - field.value.length + (field.selectionEnd - field.selectionStart);
  if (text.length > room) notify(say("paste_cut", { n: field.maxLength, kept: Math.max(room, 0), of: text.length }), "warn");
}

export function startCopying() {
  document.addEventListener("paste", pasted);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (button) copy(button);
  });
}

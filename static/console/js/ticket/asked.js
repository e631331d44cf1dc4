// What a start still lacks: the field is gone to, whether S or a digit asked for it, without asking the server.
import { notify } from "../shared/notices.js";
import { say } from "../shared/words.js";

const fieldsOf = (asked) => [...asked.querySelectorAll("input[name^='slot.']")];
const filled = (field) => (field.type === "radio" ? field.checked : field.value.trim() !== "");

// True where something is missing that can be filled in here; the reader is there then, and is told.
export function goToMissing(form) {
  const asked = [...form.querySelectorAll("[data-asked]")].find((each) => {
    const fields = fieldsOf(each);
    return fields.length && !fields.some(filled);
  });
  if (!asked) return false;
  goTo(asked);
  notify(say("needs_value", { label: asked.dataset.label }), "warn");
  return true;
}

export function goTo(asked) {
  const fields = fieldsOf(asked);
  (fields.find((field) => field.checked) ?? fields[0])?.focus();
}

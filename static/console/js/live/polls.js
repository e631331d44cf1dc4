// A part of a page that fetches itself every few seconds (`data-poll`): what somebody is at in it stays. It is left as it
// is while something is written or a button waits for its second press; what was unfolded (with an id) is unfolded again.
const regionOf = (event) => (event.detail.target?.matches?.("[data-poll]") ? event.detail.target : null);

const written = (field) => (field.matches("select") ? [...field.options].some((each) => each.selected !== each.defaultSelected && each.value !== "") : field.type !== "hidden" && field.value !== field.defaultValue);

function busy(region) {
  if (region.querySelector("[data-armed]")) return true;
  if (region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return true;
  return [...region.querySelectorAll("input, select, textarea")].some(written);
}

export function startPolls() {
  let unfolded = [];
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const region = regionOf(event);
    if (!region) return;
    if (busy(region)) event.detail.shouldSwap = false;
    unfolded = [...region.querySelectorAll("details[open][id]")].map((each) => each.id);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    unfolded = [];
  });
}

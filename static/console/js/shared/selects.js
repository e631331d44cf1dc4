// A closed list changes its value at every stray arrow key or letter; a guarded one is opened first.
export function guardSelects(place, selector) {
  place.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(selector) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!/^(Arrow|Home|End|Page)|^.$/.test(event.key) || event.key === " ") return;
    event.preventDefault();
    event.target.showPicker?.();
  });
}

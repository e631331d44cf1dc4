// Menus that are opened by their name: a press elsewhere, or Escape, closes them.
const MENUS = ".nav-more, .pass-on";

export function startMenu() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(MENUS)) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(MENUS);
    if (!menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// The menu of the places that do not fit into a narrow window's navigation: a press elsewhere or Escape closes it.
export function startMenu() {
  const menu = document.querySelector(".nav-more");
  if (!menu) return;
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

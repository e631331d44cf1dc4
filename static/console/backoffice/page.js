// Names the landmarks of the back office's pages for who listens: the page itself, its list of pages, its tables.
// A plain script shares its names with those of the page: nothing here is declared outside a function.
(() => {
  const theme = /(?:^|; )theme=(light|dark|auto)/.exec(document.cookie)?.[1];
  if (theme && localStorage.getItem("cs.theme") !== theme) {
    localStorage.setItem("cs.theme", theme);
    localStorage.setItem("adminTheme", JSON.stringify(theme)); // as in the console, until it is chosen anew here or there
  }
})();
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  const [page, ...site] = document.title.split(" | ");
  document.querySelectorAll("[data-simplebar]").forEach((place, at) => {
    const name = place.id === "nav-sidebar-apps" ? site.at(-1) ?? page : page;
    place.dataset.simplebarAriaLabel = at > 1 ? `${name} ${at}` : name;
  });
});

// Names the landmarks of the back office's pages for who listens: the page itself, its list of pages, its tables.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  const [page, ...site] = document.title.split(" | ");
  document.querySelectorAll("[data-simplebar]").forEach((place, at) => {
    const name = place.id === "nav-sidebar-apps" ? site.at(-1) ?? page : page;
    place.dataset.simplebarAriaLabel = at > 1 ? `${name} ${at}` : name;
  });
});

// Files of a panel open in it: another tab has another cookie jar, and would not get them.
async function show(address) {
  const dialog = document.getElementById("picture");
  dialog.querySelector("img").src = address;
  dialog.showModal();
}

async function save(address, name) {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function startPictures() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[target=_blank]");
    if (!link || "out" in link.dataset) return;
    event.preventDefault();
    const picture = link.querySelector("img") || /\.(jpe?g|png|webp|gif)$/i.test(link.textContent.trim().split("\n")[0].trim());
    if (picture) show(link.href);
    else save(link.href, link.querySelector(".clip")?.textContent ?? "file");
  });
  document.getElementById("picture").addEventListener("click", (event) => {
    if (event.target.matches("dialog, img")) event.currentTarget.close();
  });
}

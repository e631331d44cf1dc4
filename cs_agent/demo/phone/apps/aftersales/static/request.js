// The request form: amounts that appear when they are needed, attachments from the phone's gallery, and the check
// by the server before the review page.
const form = document.getElementById("request");
const words = JSON.parse(document.getElementById("words").textContent);
const limit = Number(form.dataset.maxAttachments);
const chosen = []; // {path, id, name, size, thumb}

const size = (bytes) => (bytes < 1024 * 1024 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1024 / 1024).toFixed(1) + " MB");

function showAmounts() {
  document.getElementById("refund-amount").hidden = form.refund_kind.value !== "partial";
  const other = form.querySelector("[name=compensation][value=other]");
  document.getElementById("compensation-amount").hidden = !other.checked;
}
form.addEventListener("change", (event) => {
  if (event.target.name === "compensation" && event.target.checked)
    for (const box of form.querySelectorAll("[name=compensation]")) if (box !== event.target) box.checked = false;
  showAmounts();
});

// --- attachments
const shot = (item) => {
  const el = document.createElement(item.thumb ? "img" : "span");
  el.className = "shot";
  if (item.thumb) { el.src = item.thumb; el.alt = ""; } else { el.textContent = "▶"; el.setAttribute("aria-hidden", "true"); }
  return el;
};
const text = (tag, value) => Object.assign(document.createElement(tag), { textContent: value });

function showChosen() {
  document.getElementById("files").replaceChildren(...chosen.map((item) => {
    const row = document.createElement("div");
    row.className = "file";
    const remove = text("button", words.remove);
    remove.type = "button";
    remove.addEventListener("click", () => { chosen.splice(chosen.indexOf(item), 1); showChosen(); });
    const id = Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: item.id });
    row.append(shot(item), text("b", item.name), remove, text("small", size(item.size)), id);
    return row;
  }));
  document.getElementById("add").hidden = chosen.length >= limit;
  document.getElementById("count").textContent = `${chosen.length}/${limit}`;
}

const gallery = document.getElementById("gallery");
let ticked = [];
async function openGallery() {
  wait(true);
  const items = (await HostApp.listMedia()) || [];
  wait(false);
  ticked = [];
  const list = document.getElementById("media");
  list.replaceChildren(...items.map((item) => {
    const row = document.createElement("button");
    row.type = "button";
    row.className = "media";
    row.setAttribute("role", "checkbox");
    row.setAttribute("aria-checked", "false");
    row.setAttribute("aria-label", item.name);
    const when = new Date(item.modified * 1000);
    const two = (n) => String(n).padStart(2, "0");
    const date = `${when.getMonth() + 1}-${two(when.getDate())} ${two(when.getHours())}:${two(when.getMinutes())}`;
    row.append(shot(item), text("b", item.name), document.createElement("i"), text("small", `${item.kind === "video" ? words.video : words.photo} · ${size(item.size)} · ${date}`));
    row.addEventListener("click", () => {
      const at = ticked.indexOf(item);
      if (at >= 0) ticked.splice(at, 1);
      else if (chosen.length + ticked.length < limit) ticked.push(item);
      else return tip(words.tooMany);
      row.setAttribute("aria-checked", String(at < 0));
      document.getElementById("take").textContent = ticked.length ? `${words.take}(${ticked.length})` : words.take;
    });
    return row;
  }));
  document.getElementById("none").hidden = items.length > 0;
  document.getElementById("take").textContent = words.take;
  gallery.hidden = false;
}
async function takeTicked() {
  if (!ticked.length) return tip(words.pickOne);
  wait(true);
  for (const item of ticked) {
    const stored = await HostApp.upload(item.path, "/aftersales/uploads").catch(() => null);
    if (!stored) { wait(false); tip(words.uploadFailed); return; }
    chosen.push({ ...stored, thumb: item.thumb });
  }
  wait(false);
  gallery.hidden = true;
  showChosen();
  tip(words.uploaded);
}
document.getElementById("add").addEventListener("click", openGallery);
document.getElementById("take").addEventListener("click", takeTicked);
document.getElementById("gallery-back").addEventListener("click", () => { gallery.hidden = true; });

// --- on to the review
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  wait(true);
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const answer = await response.json();
    if (answer.next) { location.href = answer.next; return; }
    tip(answer.error);
  } catch {
    tip(words.network);
  }
  wait(false);
});
window.addEventListener("pageshow", showAmounts);
showAmounts();
showChosen();

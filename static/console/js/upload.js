// The new-ticket form: files by choice or drop, checked here for a quick word, by the server for the truth.
import { notify } from "./shared/notices.js";
import { say } from "./shared/words.js";

const form = document.getElementById("ticket-form");
const input = document.getElementById("files");
const list = document.getElementById("file-list");
const drop = form.querySelector(".drop");
const limits = {
  bytes: Number(form.dataset.maxMb) * 1024 * 1024,
  files: Number(form.dataset.maxFiles),
  text: Number(form.dataset.maxKb) * 1024,
};
const KINDS = /^(image\/(jpeg|png|gif|webp)|video\/(mp4|quicktime|webm)|application\/pdf)$/;
let chosen = [];

function problem(file) {
  if (file.size > limits.bytes) return say("too_large", { name: file.name, n: form.dataset.maxMb });
  return KINDS.test(file.type) ? "" : say("wrong_type", { name: file.name });
}

function human(size) {
  return size < 1024 * 1024 ? `${Math.ceil(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

function show() {
  const transfer = new DataTransfer();
  chosen.forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
  list.replaceChildren(...chosen.map(line));
  const faults = chosen.map(problem).filter(Boolean);
  if (chosen.length > limits.files) faults.push(say("too_many", { n: limits.files }));
  document.getElementById("files-error").textContent = faults.join(" ");
  return faults.length === 0;
}

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = problem(file) ? "clip bad" : "clip";
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "muted small";
  size.textContent = human(file.size);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-small";
  remove.textContent = say("remove");
  remove.addEventListener("click", () => {
    chosen = chosen.filter((each) => each !== file);
    show();
  });
  item.append(name, size, remove);
  return item;
}

function add(files) {
  chosen = [...chosen, ...files];
  show();
}

function textFits() {
  const field = document.getElementById("text");
  const fits = new TextEncoder().encode(field.value).length <= limits.text;
  document.getElementById("text-error").textContent = fits ? "" : say("too_long", { n: form.dataset.maxKb });
  field.setAttribute("aria-invalid", String(!fits));
  return fits;
}

input.addEventListener("change", () => add([...input.files].filter((file) => !chosen.includes(file))));
["dragover", "dragleave", "drop"].forEach((name) =>
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") add([...event.dataTransfer.files]);
  }),
);
document.getElementById("text").addEventListener("input", textFits);

form.addEventListener("htmx:configRequest", (event) => {
  const fits = [show(), textFits()].every(Boolean);
  if (!fits) {
    event.preventDefault();
    form.querySelector(".error:not(:empty)")?.scrollIntoView({ block: "center" });
  }
});
const progress = document.getElementById("progress");
form.addEventListener("htmx:beforeSend", () => (document.getElementById("create").disabled = true));
form.addEventListener("htmx:xhr:progress", (event) => {
  if (!chosen.length || !event.detail.lengthComputable) return;
  const percent = Math.round((100 * event.detail.loaded) / event.detail.total);
  progress.hidden = false;
  progress.querySelector("progress").value = percent;
  document.getElementById("progress-text").textContent = percent < 100 ? say("uploading", { n: percent }) : say("checking");
});
form.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) return; // the browser is on its way to the ticket
  document.getElementById("create").disabled = false;
  progress.hidden = true;
  if (event.detail.xhr.status === 413) notify(say("too_large", { name: "", n: form.dataset.maxMb }));
});
form.addEventListener("htmx:afterSwap", () => document.getElementById("form-errors")?.scrollIntoView({ block: "center" }));

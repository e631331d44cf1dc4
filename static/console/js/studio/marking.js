// The editor's pictures: a place that is dragged over becomes a field to confirm, or a line of evidence, in the form.
import { notify } from "../shared/notices.js";

const LEAST = 0.012; // of the picture; a smaller drag marks nothing
const READING_MS = 20000; // so long a mark waits for the picture to be read
const AGAIN_MS = 500;
const part = document.getElementById("part-shots");
const form = document.getElementById("draft");

function kind() {
  return part.querySelector("[name=mark-kind]:checked").value;
}

function place(stage, event) {
  const box = stage.getBoundingClientRect();
  const within = (value) => Math.min(1, Math.max(0, value));
  return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
}

function sides([x1, y1, x2, y2]) {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

function draw(frame, [left, top, right, bottom]) {
  Object.assign(frame.style, {
    left: `${left * 100}%`,
    top: `${top * 100}%`,
    width: `${(right - left) * 100}%`,
    height: `${(bottom - top) * 100}%`,
  });
}

function begin(stage, event) {
  if (event.button) return;
  event.preventDefault();
  stage.setPointerCapture(event.pointerId);
  const from = place(stage, event);
  const frame = document.createElement("span");
  frame.className = `area area-${kind()}`;
  stage.append(frame);
  let area = sides([...from, ...from]);
  const move = (moved) => draw(frame, (area = sides([...from, ...place(stage, moved)])));
  stage.addEventListener("pointermove", move);
  const end = (ended) => {
    stage.removeEventListener("pointermove", move);
    const large = area[2] - area[0] > LEAST && area[3] - area[1] > LEAST / 2;
    if (ended.type === "pointerup" && large) mark(stage, frame, area);
    else frame.remove();
  };
  stage.addEventListener("pointerup", end, { once: true });
  stage.addEventListener("pointercancel", end, { once: true });
}

async function mark(stage, frame, area) {
  frame.classList.add("area-reading");
  const wanted = kind();
  const values = { step: stage.dataset.step, which: stage.dataset.which, kind: wanted, area: area.join(",") };
  const { marks, refused } = await read(values);
  frame.classList.remove("area-reading");
  if (refused) {
    frame.remove();
    return notify(refused, "warn");
  }
  for (const found of marks) wanted === "success" ? addEvidence(found.text) : addField(found);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

// The marks of a place, or why there are none. A picture that nobody has read yet takes a worker some seconds.
async function read(values) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const until = performance.now() + READING_MS;
  for (;;) {
    const answer = await fetch(part.dataset.marks, { method: "POST", body: new URLSearchParams(values), headers });
    const text = await answer.text();
    if (!answer.ok) return { refused: new DOMParser().parseFromString(text, "text/html").body.textContent.trim() || answer.statusText };
    const found = JSON.parse(text);
    if (answer.status !== 202) return found;
    if (performance.now() > until) return { refused: found.message };
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

function addEvidence(text) {
  const lines = form.querySelector("[name=evidence]");
  const known = lines.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!known.includes(text)) lines.value = [...known, text].join("\n");
  lines.scrollIntoView({ block: "nearest" });
}

function addField(found) {
  form.querySelector("#part-fields [data-add]").click();
  const row = [...form.querySelectorAll("#part-fields [data-rows] > [data-row]")].at(-1);
  const slot = row.querySelector("[name='field.slot']");
  const names = new Set([...form.querySelectorAll("[name='field.name']")].map((input) => input.value));
  const wanted = found.slot || "field";
  let name = wanted;
  for (let number = 2; names.has(name); number += 1) name = `${wanted}_${number}`;
  const label = found.labels[0] ?? [...slot.options].find((option) => option.value === found.slot)?.text ?? name;
  row.querySelector("[name='field.name']").value = name;
  row.querySelector("[name='field.label']").value = label;
  row.querySelector("[name='field.screen_labels']").value = found.labels.join("\n");
  row.querySelector("[name='field.screen_sentences']").value = found.sentence;
  row.querySelector("[name='field.kind']").value = found.money ? "money" : "text";
  slot.value = [...slot.options].some((option) => option.value === found.slot) ? found.slot : "";
  row.scrollIntoView({ block: "nearest" });
}

for (const stage of part?.querySelectorAll("[data-shot]") ?? []) {
  stage.addEventListener("pointerdown", (event) => begin(stage, event));
}

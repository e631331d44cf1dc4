// Draws the voucher as a picture and saves it, after the server gave it a number.
const facts = JSON.parse(document.getElementById("facts").textContent);
const button = document.getElementById("export");
const say = (text) => {
  const box = document.getElementById("say");
  box.textContent = text;
  box.hidden = false;
  setTimeout(() => { box.hidden = true; }, 2600);
};

function draw(voucher) {
  const rows = [[facts.number, voucher.voucher_no], [facts.time, voucher.time], ...facts.rows];
  const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 240 + rows.length * 64 + facts.track.length * 56 });
  const pen = canvas.getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1976d2"; pen.fillRect(0, 0, canvas.width, 120);
  pen.fillStyle = "#fff"; pen.font = `600 44px ${family}`; pen.fillText(facts.title, 48, 76);
  let y = 190;
  for (const [name, value] of rows) {
    pen.font = `30px ${family}`; pen.textAlign = "left"; pen.fillStyle = "#768390"; pen.fillText(name, 48, y);
    pen.textAlign = "right"; pen.fillStyle = "#1d2733"; pen.fillText(value, 852, y);
    y += 64;
  }
  pen.textAlign = "left"; pen.font = `26px ${family}`;
  for (const line of facts.track) { pen.fillStyle = "#45525f"; pen.fillText(line, 48, y); y += 56; }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const response = await fetch(facts.url, { method: "POST" });
    if (!response.ok) throw new Error(response.status);
    const voucher = await response.json();
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await draw(voucher)), download: voucher.file });
    link.click();
    say(facts.saved);
  } catch {
    say(facts.failed);
  }
  button.disabled = false;
});

// What the pages of the after-sales app share: going back, short notices, waiting.
const tip = (text) => {
  const box = document.getElementById("tip");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(tip.timer);
  tip.timer = setTimeout(() => { box.hidden = true; }, 2200);
};
const wait = (on) => { document.getElementById("wait").hidden = !on; };
document.querySelector(".top .back")?.addEventListener("click", () => {
  if (history.length > 1) history.back(); else location.href = "/aftersales/";
});
window.addEventListener("pageshow", () => wait(false));

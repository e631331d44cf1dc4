// The dot in the top bar that says whether the page is live.
import { say } from "./words.js";

const WORDS = { connecting: "connecting", open: "connected", lost: "lost", refused: "session_over", gone: "session_over" };
const SHOWN = { connecting: "", open: "open", lost: "lost", refused: "lost", gone: "lost" };

export function showLink(state) {
  const element = document.getElementById("link-state");
  if (!element || (state === "connecting" && element.dataset.state === "lost")) return;
  element.hidden = false;
  element.dataset.state = SHOWN[state];
  element.title = say(WORDS[state]);
  element.querySelector("span").textContent = say(WORDS[state]);
}

// Which page is before the reader's eyes: the tab in front holds a lock with its address, which the other tabs can see.
const SEEN = "cs.seen ";

export function holdWhileSeen() {
  if (!navigator.locks) return;
  const hold = () => {
    if (!document.hasFocus()) return;
    const until = new Promise((over) => window.addEventListener("blur", over, { once: true }));
    navigator.locks.request(SEEN + location.pathname, { mode: "shared" }, () => until);
  };
  window.addEventListener("focus", hold);
  hold();
}

export async function addressesSeen() {
  if (!navigator.locks) return document.hasFocus() ? [location.pathname] : [];
  const { held } = await navigator.locks.query();
  return held.filter(({ name }) => name.startsWith(SEEN)).map(({ name }) => name.slice(SEEN.length));
}

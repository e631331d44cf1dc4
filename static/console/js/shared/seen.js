// Whether an element can truly be seen: on screen, whole, and (where the browser can tell) not covered, faded or moved by
// the page that frames us. Help against a page that hides what is confirmed; no proof.
const SHARE = 0.98; // of an element that fits; a larger one counts when it fills the window

export function watchSeen(element, changed) {
  const tracks = "IntersectionObserverEntry" in window && "isVisible" in IntersectionObserverEntry.prototype;
  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries[entries.length - 1];
      const whole = entry.intersectionRatio >= SHARE;
      const fills = entry.rootBounds && entry.intersectionRect.height >= entry.rootBounds.height * SHARE;
      changed((whole || Boolean(fills)) && (!tracks || entry.isVisible));
    },
    { threshold: [0, 0.25, 0.5, 0.75, SHARE, 1], ...(tracks ? { trackVisibility: true, delay: 100 } : {}) },
  );
  observer.observe(element);
  return observer;
}

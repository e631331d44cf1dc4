// Runs in every frame of every app before its own scripts: tells the phone where the text focus is, replaces the
// drop-down list (a native window that no capture shows) by the phone's own, and offers practice apps the phone's
// files. Rule: nothing here changes what a page looks like or does.
(() => {
  const tell = window.__phone;
  if (!tell || window.__phoneReady) return;
  Object.defineProperty(window, "__phoneReady", { value: true });

  const TEXT_TYPES = ["text", "search", "tel", "url", "email", "password", "number"];
  const DATE_TYPES = ["date", "time", "month", "week", "datetime-local"];
  const isEditable = (el) =>
    !!el &&
    !el.disabled &&
    !el.readOnly &&
    ((el.tagName === "INPUT" && TEXT_TYPES.concat(DATE_TYPES).includes(el.type)) ||
      el.tagName === "TEXTAREA" ||
      el.isContentEditable);
  const deepActive = () => {
    let el = document.activeElement;
    while (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
    return el;
  };
  Object.defineProperty(window, "__phoneActive", { value: deepActive });

  // --- text focus ------------------------------------------------------------------------------------------
  let last = "";
  const report = (touched) => {
    const el = deepActive();
    if (el && (el.tagName === "IFRAME" || el.tagName === "FRAME")) return;
    const editable = isEditable(el);
    const now = editable ? "text" : "";
    if (now === last && !touched) return;
    last = now;
    const byTouch = !!(navigator.userActivation && navigator.userActivation.isActive);
    tell({ kind: "focus", editable, byTouch: byTouch || !!touched, enter: (el && el.enterKeyHint) || "", input: (el && (el.inputMode || el.type)) || "" });
  };
  let soon = 0;
  const later = (touched) => {
    clearTimeout(soon);
    soon = setTimeout(() => report(touched), 0);
  };
  document.addEventListener("focusin", () => later(false), true);
  document.addEventListener("focusout", () => later(false), true);
  // A touch on the field that has the focus already brings a hidden keyboard back.
  document.addEventListener("click", (event) => {
    const el = event.composedPath()[0];
    if (event.isTrusted && isEditable(el) && el === deepActive()) later(true);
  }, true);

  // Chromium moves a tap to a better target nearby unless somebody listens to touches; a tap has to hit what is under it.
  document.addEventListener("touchstart", () => {}, { capture: true, passive: true });

  // --- clickable elements, for the accessibility tree -------------------------------------------------------
  const clickable = new WeakSet();
  Object.defineProperty(window, "__phoneClickable", { value: clickable });
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if ((type === "click" || type === "touchend" || type === "pointerup") && this instanceof Element) clickable.add(this);
    return add.call(this, type, ...rest);
  };

  // --- drop-down lists --------------------------------------------------------------------------------------
  const options = (select) =>
    [...select.options].map((option) => ({ text: option.text.trim(), disabled: option.disabled, selected: option.selected }));
  const openList = async (select) => {
    select.focus({ preventScroll: true });
    const label = (select.labels && select.labels[0] && select.labels[0].innerText.trim()) || select.getAttribute("aria-label") || "";
    const chosen = await tell({ kind: "select", title: label, options: options(select) });
    if (chosen === null || chosen === undefined || select.selectedIndex === chosen) return;
    select.selectedIndex = chosen;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  add.call(document, "mousedown", (event) => {
    const select = event.target.closest && event.target.closest("select");
    if (!select || select.multiple || select.size > 1) return;
    event.preventDefault();
    if (!select.disabled) openList(select);
  }, true);

  // --- what a native app hands to the pages inside it; the phone refuses it to any other page ---------------
  Object.defineProperty(window, "HostApp", {
    value: {
      listMedia: () => tell({ kind: "media" }),
      upload: (path, url) => tell({ kind: "upload", path, url }),
    },
  });
})();

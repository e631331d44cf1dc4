// Lists the visible nodes of one frame in document order, as an accessibility tree would: evaluated with
// {left, top, right, bottom} = the part of this frame that can be seen, in its own CSS pixels, and `within`, a
// selector when only a part of the page is wanted.
// Rule: a node that is clipped away, transparent or entirely behind another element is not in the list.
(view) => {
  const NAMES = {
    button: "android.widget.Button", radio: "android.widget.RadioButton", checkbox: "android.widget.CheckBox",
    switch: "android.widget.Switch", img: "android.widget.Image", combobox: "android.widget.Spinner",
    listbox: "android.widget.ListView", textbox: "android.widget.EditText", searchbox: "android.widget.EditText",
    tab: "android.widget.TabWidget", option: "android.widget.CheckedTextView", slider: "android.widget.SeekBar",
    progressbar: "android.widget.ProgressBar", dialog: "android.app.Dialog", alertdialog: "android.app.AlertDialog",
  };
  const PLAIN = "android.view.View", TEXT = "android.widget.TextView";
  const BUTTON_TYPES = ["button", "submit", "reset"];
  const SKIP = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "META", "LINK", "TITLE", "BR", "OPTION", "SOURCE"]);
  const nodes = [];

  const clean = (text) => (text || "").replace(/[\s ]+/g, " ").trim();
  const clip = (rect, box) => {
    const out = {
      left: Math.max(rect.left, box.left), top: Math.max(rect.top, box.top),
      right: Math.min(rect.right, box.right), bottom: Math.min(rect.bottom, box.bottom),
    };
    return out.right - out.left >= 1 && out.bottom - out.top >= 1 ? out : null;
  };
  const styleOf = (el) => getComputedStyle(el);
  const hidden = (el, style) =>
    style.display === "none" || style.visibility !== "visible" || el.getAttribute("aria-hidden") === "true";
  const faint = (el) => el.checkVisibility && !el.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  const roleOf = (el) => {
    const role = clean(el.getAttribute("role")).split(" ")[0];
    if (role) return role === "menuitemradio" ? "radio" : role === "menuitemcheckbox" ? "checkbox" : role;
    switch (el.tagName) {
      case "BUTTON": case "SUMMARY": return "button";
      case "A": return el.hasAttribute("href") ? "link" : "";
      case "SELECT": return "combobox";
      case "TEXTAREA": return "textbox";
      case "IMG": return el.getAttribute("alt") === "" ? "none" : "img";
      case "SVG": case "svg": return el.getAttribute("aria-label") || el.querySelector("title") ? "img" : "none";
      case "PROGRESS": return "progressbar";
      case "DIALOG": return "dialog";
      case "VIDEO": case "CANVAS": return "img";
      case "INPUT":
        if (BUTTON_TYPES.includes(el.type) || el.type === "image" || el.type === "file") return "button";
        if (el.type === "radio" || el.type === "checkbox") return el.type;
        if (el.type === "range") return "slider";
        return el.type === "hidden" ? "none" : "textbox";
    }
    return el.isContentEditable && (!el.parentElement || !el.parentElement.isContentEditable) ? "textbox" : "";
  };
  const labelledBy = (el) =>
    clean((el.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => {
      const other = id && el.getRootNode().getElementById && el.getRootNode().getElementById(id);
      return other ? other.innerText : "";
    }).join(" "));
  const nameOf = (el, role) => {
    const given = labelledBy(el) || clean(el.getAttribute("aria-label"));
    if (given) return given;
    if (el.type === "file" && el.files && el.files.length) return [...el.files].map((file) => file.name).join(", ");
    if (el.tagName === "INPUT" && BUTTON_TYPES.includes(el.type)) return clean(el.value) || { submit: "Submit", reset: "Reset" }[el.type] || "";
    if (el.tagName === "IMG" || el.type === "image") return clean(el.alt);
    if (el.tagName === "svg") return clean((el.querySelector("title") || {}).textContent);
    if (el.labels && el.labels.length) return clean([...el.labels].map((label) => label.innerText).join(" "));
    if (role === "textbox" || role === "searchbox" || role === "combobox") return clean(el.title);
    return clean(el.innerText) || clean(el.title);
  };
  const checkedOf = (el) => {
    if (el.tagName === "INPUT") return el.checked;
    const given = el.getAttribute("aria-checked");
    return given === "true" || given === "mixed";
  };
  const isClickable = (el, role, style, parentStyle) =>
    ["button", "link", "radio", "checkbox", "switch", "combobox", "tab", "option", "menuitem", "textbox", "searchbox", "slider"].includes(role) ||
    el.hasAttribute("onclick") || !!el.onclick || el.tagName === "LABEL" || el.tagName === "SUMMARY" ||
    (window.__phoneClickable && window.__phoneClickable.has(el) && el !== document.body && el !== document.documentElement) ||
    (style.cursor === "pointer" && (!parentStyle || parentStyle.cursor !== "pointer"));

  // Covered when at none of nine places inside the visible part the element, something inside it or something
  // it is inside of (a wrapper that lets the touch through) is on top.
  const related = (el, top) => {
    for (let at = top; at; at = at.parentNode || at.host) if (at === el) return true;
    for (let at = el; at; at = at.parentNode || at.host) {
      if (at === top) return true;
      if (at.tagName === "LABEL" && at.contains(top)) return true;
    }
    return false;
  };
  const deepTop = (x, y) => {
    let top = document.elementFromPoint(x, y);
    while (top && top.shadowRoot) {
      const inner = top.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === top) break;
      top = inner;
    }
    return top;
  };
  const covered = (el, box) => {
    if (styleOf(el).pointerEvents === "none") return false;
    for (const fx of [0.5, 0.15, 0.85]) for (const fy of [0.5, 0.15, 0.85]) {
      const top = deepTop(box.left + (box.right - box.left) * fx, box.top + (box.bottom - box.top) * fy);
      if (!top) continue;
      // An ancestor on top means: whatever lies here is painted by it, not by a stranger.
      if (related(el, top)) return false;
    }
    return true;
  };

  const push = (el, depth, box, props) => {
    const style = styleOf(el);
    nodes.push({
      depth, box: [box.left, box.top, box.right, box.bottom],
      id: el.id || "", enabled: !(el.disabled || el.getAttribute("aria-disabled") === "true" || (el.closest && el.closest("fieldset[disabled]"))),
      focused: el === (window.__phoneActive ? window.__phoneActive() : document.activeElement),
      scrollable: (el.scrollHeight > el.clientHeight + 1 && /auto|scroll/.test(style.overflowY)) || (el.scrollWidth > el.clientWidth + 1 && /auto|scroll/.test(style.overflowX)),
      selected: el.getAttribute("aria-selected") === "true" || (!!el.getAttribute("aria-current") && el.getAttribute("aria-current") !== "false"),
      cls: PLAIN, text: "", desc: "", checkable: false, checked: false, clickable: false, focusable: el.tabIndex >= 0, password: false, ...props,
    });
  };

  const mergedLabelBox = (el, rect, box) => {
    const label = el.labels && el.labels[0];
    const small = rect.width < 8 || rect.height < 8 || faint(el);
    return label && (small || label.contains(el)) ? clip(label.getBoundingClientRect(), box) : clip(rect, box);
  };
  const INTERACTIVE = "a[href],button,input,select,textarea,[role=button],[role=radio],[role=checkbox],[role=switch],[onclick],[contenteditable]";
  const ownText = (el) => {
    let text = "";
    for (const child of el.childNodes) if (child.nodeType === 3) text += child.nodeValue;
    return clean(text);
  };
  const INLINE = new Set(["inline", "inline-block", "inline-flex", "contents", "ruby"]);
  const onlyInline = (el) => [...el.children].every((child) => SKIP.has(child.tagName) || (INLINE.has(styleOf(child).display) && onlyInline(child)));
  const textBlocks = (el) => {
    let count = 0;
    const look = (at) => {
      if (SKIP.has(at.tagName)) return;
      if (ownText(at)) count += 1; else for (const child of at.children) look(child);
    };
    look(el);
    return count;
  };

  const fieldText = (el) => {
    if (el.tagName !== "INPUT" && el.tagName !== "TEXTAREA") return clean(el.innerText);
    return el.type === "password" ? "•".repeat(el.value.length) : el.value;
  };
  const asField = (el, role, depth, box) => {
    const value = fieldText(el);
    const hint = clean(el.getAttribute("placeholder") || el.getAttribute("aria-placeholder"));
    push(el, depth, box, {
      cls: NAMES.textbox, text: value || hint, desc: nameOf(el, role), clickable: true, focusable: true, password: el.type === "password",
    });
  };
  const asLeaf = (el, role, depth, box) => {
    const checkable = ["radio", "checkbox", "switch"].includes(role) || (role === "button" && el.hasAttribute("aria-pressed"));
    let text = nameOf(el, role);
    if (el.tagName === "SELECT") text = el.selectedOptions.length ? clean(el.selectedOptions[0].text) : "";
    const picture = role === "img";
    push(el, depth, box, {
      cls: NAMES[role] || PLAIN, text: picture ? "" : text, desc: picture ? text : el.tagName === "SELECT" ? nameOf(el, role) : "",
      checkable, checked: checkable && (el.hasAttribute("aria-pressed") ? el.getAttribute("aria-pressed") === "true" : checkedOf(el)),
      clickable: !picture || isClickable(el, role, styleOf(el), null), focusable: !picture,
    });
  };

  // What is drawn inside an element: of a component its shadow tree, of a slot what was put into it.
  const drawnIn = (el) => {
    if (el.shadowRoot) return el.shadowRoot.childNodes;
    const put = el.tagName === "SLOT" ? el.assignedNodes() : [];
    return put.length ? put : el.childNodes;
  };
  const walkChildren = (el, depth, box) => {
    for (const child of drawnIn(el)) {
      if (child.nodeType === 1) walk(child, depth, box, el.nodeType === 1 ? styleOf(el) : null);
      else if (child.nodeType === 3 && clean(child.nodeValue)) looseText(child.parentElement || el, child, depth, box);
    }
  };
  const looseText = (el, textNode, depth, box) => {
    const range = document.createRange();
    range.selectNodeContents(textNode);
    const shown = clip(range.getBoundingClientRect(), box);
    if (shown && !covered(el, shown)) push(el, depth, shown, { cls: TEXT, text: clean(textNode.nodeValue), id: "", focused: false, scrollable: false, focusable: false });
  };

  const walk = (el, depth, box, parentStyle) => {
    if (SKIP.has(el.tagName)) return;
    const style = styleOf(el);
    const role = roleOf(el);
    const checkable = role === "radio" || role === "checkbox";
    if (style.display === "contents") return walkChildren(el, depth, box);
    if (hidden(el, style) && !(checkable && el.labels && el.labels.length && style.display !== "none" && el.labels[0].offsetParent)) {
      if (style.visibility !== "visible" && style.display !== "none") walkChildren(el, depth, box);
      return;
    }
    if (faint(el) && !checkable) return;
    const rect = el.getBoundingClientRect();
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    const inner = clips && el !== document.body && el !== document.documentElement ? clip(rect, style.position === "fixed" ? view : box) : style.position === "fixed" ? view : box;
    const shown = checkable ? mergedLabelBox(el, rect, box) : clip(rect, style.position === "fixed" ? view : box);
    if (role === "none" && el.children.length === 0) return;
    if (shown && (role === "textbox" || role === "searchbox") && !covered(el, shown)) return asField(el, role, depth, shown);
    const leafRole = ["button", "radio", "checkbox", "switch", "combobox", "img", "slider", "progressbar", "option", "tab"].includes(role);
    if (leafRole && !(role === "button" && (el.querySelector(INTERACTIVE) || textBlocks(el) > 1))) {
      if (shown && !covered((checkable && el.labels && el.labels[0]) || el, shown)) asLeaf(el, role, depth, shown);
      return;
    }
    if (el.tagName === "IFRAME" || el.tagName === "FRAME") {
      if (shown && !covered(el, shown)) push(el, depth, shown, { cls: "android.webkit.WebView", frame: true });
      return;
    }
    // The mark and its caption are one node.
    const marks = el.tagName === "LABEL" ? [...el.querySelectorAll("input[type=radio],input[type=checkbox]")] : [];
    if (marks.length) return marks.forEach((mark) => walk(mark, depth, inner || box));
    if (!inner) return;
    const clickable = isClickable(el, role, style, parentStyle) && el !== document.body;
    const scrolls = clips && (el.scrollHeight > el.clientHeight + 1 || el.scrollWidth > el.clientWidth + 1) && /auto|scroll/.test(style.overflowX + style.overflowY);
    const text = ownText(el);
    if (shown && text && onlyInline(el) && !el.querySelector(INTERACTIVE)) {
      if (!covered(el, shown)) push(el, depth, shown, { cls: clickable ? PLAIN : TEXT, text: clean(el.innerText), clickable });
      return;
    }
    if (shown && clickable && !covered(el, shown)) {
      const single = textBlocks(el) <= 1 && !el.querySelector(INTERACTIVE + ",img");
      push(el, depth, shown, { cls: NAMES[role] || PLAIN, clickable: true, text: single ? nameOf(el, role) : "", desc: single ? "" : clean(el.getAttribute("aria-label")) });
      return single ? undefined : walkChildren(el, depth + 1, inner);
    }
    if (shown && (scrolls || role === "dialog" || role === "alertdialog" || role === "listbox")) {
      push(el, depth, shown, { cls: NAMES[role] || PLAIN, desc: clean(el.getAttribute("aria-label")) });
      return walkChildren(el, depth + 1, inner);
    }
    walkChildren(el, depth, inner);
  };

  const root = view.within ? document.querySelector(view.within) : document.body || document.documentElement;
  if (root) walkChildren(root, 0, view);
  const page = document.scrollingElement || document.documentElement;
  const visual = window.visualViewport;
  return {
    nodes, title: document.title,
    scrollable: page.scrollHeight > window.innerHeight + 1,
    scale: visual ? visual.scale : 1, offset: visual ? [visual.offsetLeft, visual.offsetTop] : [0, 0],
    view: [window.innerWidth, window.innerHeight],
  };
}

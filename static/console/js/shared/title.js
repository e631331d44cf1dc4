// The window's title: a mark while a confirmation waits on this page, the number of those that wait anywhere, the page's own name.
const own = document.title;
const parts = { mark: "", count: 0 };

export function setTitle(changed) {
  Object.assign(parts, changed);
  document.title = [parts.mark, parts.count ? `(${parts.count})` : "", own].filter(Boolean).join(" ");
}

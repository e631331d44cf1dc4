// Hands the code to the frame that opened this window; where the browser keeps the two apart, the person types it.
const { code } = document.querySelector("[data-code]").dataset;

window.addEventListener("message", (event) => {
  const ours = event.origin === location.origin && event.source === window.opener;
  if (ours && event.data?.taken) window.close();
});
window.opener?.postMessage({ code }, location.origin); // to a page of ours, to no other

// Sends the link back by itself: whoever only fetches the page ahead runs no script and uses nothing up.
document.querySelector("[data-opening]").requestSubmit();

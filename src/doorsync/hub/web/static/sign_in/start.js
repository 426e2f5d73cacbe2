// The landing page goes on by itself. First it takes its own address, which holds the handle, out of the history.
"use strict";

const form = document.querySelector("main form");

function go() {
  history.replaceState(null, "", form.dataset.history);
  form.submit();
}

// A page that is drawn ahead of time must not use up the link: nobody has asked to see it yet.
if (document.prerendering) {
  document.addEventListener("prerenderingchange", go, { once: true });
} else {
  go();
}

// A link that does not work was opened by a person, not by a program that only looked: tell the hub, which then
// knows that a used link went round, and ends what it had opened. The handle leaves the history too.
"use strict";

const history_address = document.currentScript?.dataset.history ?? "/sync/start/";

function report() {
  fetch(location.pathname, { method: "POST" }).then((answer) => answer.text());
  history.replaceState(null, "", history_address);
}

if (document.prerendering) {
  document.addEventListener("prerenderingchange", report, { once: true });
} else {
  report();
}

// The page of one user's sync starts by itself where its link named a location. Nothing starts without this POST.
"use strict";

const form = document.getElementById("user-sync");

// A page that is drawn ahead of time must start nothing: nobody has asked to see it yet.
if (document.prerendering) {
  document.addEventListener("prerenderingchange", () => form.requestSubmit(), { once: true });
} else {
  form.requestSubmit();
}

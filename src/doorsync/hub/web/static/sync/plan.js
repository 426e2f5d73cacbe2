// The sync page: keeps the Sync button honest while the plan is being counted, and opens the people behind a number.

const plan = document.getElementById("plan");
const filter = document.getElementById("filter");
const sheet = document.getElementById("sheet");
const trouble = document.getElementById("plan-trouble");
const said = document.getElementById("plan-said");

// From the first tick until the new plan stands there, the old one must not be sent.
filter.addEventListener("change", () => {
  plan.setAttribute("aria-busy", "true");
  const button = document.getElementById("sync-button");
  if (button) button.disabled = true;
});

document.addEventListener("htmx:after:swap", () => {
  if (document.getElementById("sheet-title") && !sheet.open) sheet.showModal();
});

// A refusal (the session has ended, a terminal is gone) is a page of its own: go there. When nothing came, the old plan
// stays grey, because it is not what is ticked.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 400) return;
  event.preventDefault();
  if (ctx.response.status < 500) location.assign(ctx.request.action);
  else trouble.hidden = false;
});
document.addEventListener("htmx:error", () => (trouble.hidden = false));

document.addEventListener("htmx:after:swap", (event) => {
  trouble.hidden = true;
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement !== filter) return;
  history.replaceState(null, "", response.headers.get("HX-Replace-Url")); // so that a reload shows the same
  plan.removeAttribute("aria-busy");
  said.textContent = document.getElementById("figures").dataset.said;
});

sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // beside the sheet
});
sheet.addEventListener("close", () => document.getElementById("sheet-content").replaceChildren());

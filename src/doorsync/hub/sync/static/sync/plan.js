// The sync page: keeps the Sync button honest while the plan is being counted, and opens the people behind a number.

const plan = document.getElementById("plan");
const filter = document.getElementById("filter");
const sheet = document.getElementById("sheet");
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

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.response && [403, 409].includes(ctx.response.status)) location.reload(); // the session has ended: show that page
  if (ctx.sourceElement !== filter) return;
  if (!ctx.response || ctx.response.status >= 400) return; // the old plan stays grey: it is not what is ticked
  plan.removeAttribute("aria-busy");
  said.textContent = document.getElementById("figures").dataset.said;
});

sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // beside the sheet
});
sheet.addEventListener("close", () => document.getElementById("sheet-content").replaceChildren());

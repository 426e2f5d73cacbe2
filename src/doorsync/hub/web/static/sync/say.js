// Tells people who cannot see the bars: milestones only, in a polite live region. And shows or hides prepared notices.

const region = document.getElementById("said");
const SETTLED = 150; // ms: what a region holds while the page is still being read is not announced
const known = { percent: -1, failed: new Set(), state: "" };

function phrase(name, values = {}) {
  const text = document.querySelector(`template[data-say="${name}"]`).content.textContent;
  return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}

function failures(live) {
  const fresh = [];
  for (const runTerminal of live.querySelectorAll("[data-run-terminal]")) {
    const failed = ["partly", "refused", "not-reached"].includes(runTerminal.dataset.state);
    if (failed && !known.failed.has(runTerminal.dataset.runTerminal)) fresh.push(runTerminal.dataset.announce);
    if (failed) known.failed.add(runTerminal.dataset.runTerminal);
    else known.failed.delete(runTerminal.dataset.runTerminal);
  }
  return fresh;
}

/** Say what is new since the last time: the start, each quarter, each failed terminal, the end. */
export function sayMilestones(live, run) {
  const words = [];
  const quarter = Math.floor(run.percent / 25) * 25;
  const first = known.percent < 0;
  const bad = failures(live);
  if (run.state !== "running") {
    if (known.state !== run.state) words.push(run.sentence);
  } else if (first) {
    words.push(phrase("start"));
  } else {
    if (quarter > known.percent) words.push(phrase("percent", { n: quarter }));
    words.push(...bad);
  }
  known.percent = quarter;
  known.state = run.state;
  if (words.length) setTimeout(() => (region.textContent = words.join(" ")), SETTLED);
}

/** Show one of the notices that the server prepared in `place`, or none of them. */
export function showTrouble(place, name) {
  for (const notice of place.querySelectorAll("[data-trouble]")) notice.hidden = notice.dataset.trouble !== name;
}

// Keeps the live part of a run's page up to date by server-sent events. Each event is the whole part, so none is missed.

import { tellContainer } from "./container.js";
import { sayMilestones, showTrouble } from "./say.js";

const live = document.getElementById("live");
const retry = document.getElementById("retry");

/** What the live part says of the run. */
export function readRun(id) {
  const { state, sentence, percent, upToDate, terminals, waiting, refused, retryable } = live.querySelector("[data-run]").dataset;
  return { run: id, state, sentence, percent: Number(percent), upToDate: Number(upToDate), terminals: Number(terminals), waiting: Number(waiting), refused: Number(refused), retryable: retryable === "1" };
}

function replace(html) {
  const open = [...live.querySelectorAll("details[open]")].map((part) => part.id);
  const focused = document.activeElement?.closest?.("details")?.id;
  live.innerHTML = html; // from our own server, which escapes every name in it
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.querySelector("summary")?.focus();
}

function notice(page, changed) {
  const run = readRun(page.run);
  const { percent, retryable, ...told } = run;
  if (retry) retry.hidden = run.state === "running" || !retryable;
  sayMilestones(live, run);
  tellContainer(page.parents, told);
  changed(run);
}

/** Follow the run until it ends. `changed` is called with its state, at once and after each event. */
export function followRun(page, changed) {
  notice(page, changed);
  if (readRun(page.run).state !== "running") return;
  const events = new EventSource(page.events);
  const trouble = (name) => showTrouble(document.getElementById("troubles"), name);
  let later = false; // too many windows look on, so this one does so now and then: nothing is wrong
  events.addEventListener("later", () => (later = true));
  events.addEventListener("open", () => {
    later = false;
    trouble("");
  });
  events.addEventListener("lines", (event) => {
    replace(event.data);
    notice(page, changed);
  });
  events.addEventListener("end", () => events.close());
  events.addEventListener("gone", () => {
    events.close();
    trouble("gone");
    changed({ ...readRun(page.run), state: "gone" });
  });
  events.addEventListener("error", () => later || trouble(events.readyState === EventSource.CLOSED ? "gone" : "offline"));
}

// The page of a run: follows it, and is its courier for as long as it is open.

import { Courier } from "./courier.js";
import { followRun } from "./progress.js";
import { showTrouble } from "./say.js";

const page = JSON.parse(document.getElementById("run-page").textContent);
const couriers = page.agents.map((agent) => {
  const place = document.querySelector(`[data-agent="${CSS.escape(agent.id)}"]`);
  return new Courier(agent, (name) => showTrouble(place, name));
});

followRun(page, (run) => {
  if (run.state !== "running") couriers.forEach((courier) => courier.stop());
});
couriers.forEach((courier) => courier.start());

// The page of a run: follows it, and is its courier for as long as it is open.

import { Approach } from "./approach.js";
import { followRun } from "./progress.js";
import { offerDetour } from "./detour.js";

const page = JSON.parse(document.getElementById("run-page").textContent);
const approaches = page.agents.map((agent) => {
  const place = document.querySelector(`[data-agent="${CSS.escape(agent.id)}"]`);
  offerDetour(document.getElementById(`detour-${agent.id}`));
  return new Approach(agent, place);
});

followRun(page, (run) => {
  if (run.state !== "running") approaches.forEach((approach) => approach.stop());
});
approaches.forEach((approach) => approach.start());

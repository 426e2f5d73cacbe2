// The reverse courier: this page comes from the agent itself, so no permission is needed to speak with it. The job, with its
// handle, stands in the address's fragment, which no server sees; only the hub that this agent belongs to is spoken with.

import { Courier } from "./courier.js";

const ENDINGS = ["over", "none"]; // after these there is nothing to wait for

function show(name) {
  for (const text of document.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== name;
}

/** The job in the fragment, or nothing. It goes out of the address at once, so that it is in no history and no screenshot. */
function takeJob() {
  const { hub, agent, handle, back } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname);
  const known = document.body.dataset.hubs.split(" ").includes(hub);
  return known && agent && handle ? { hub, agent, handle, back: back ? wayBack(hub, back) : "" } : null;
}

/** Only ever a page of that hub. */
function wayBack(hub, path) {
  const address = new URL(path, hub);
  return address.origin === hub ? address.href : "";
}

async function work(job) {
  const link = document.getElementById("back");
  if (job.back) Object.assign(link, { href: job.back, hidden: false });
  let said = "";
  const told = (name) => {
    if (ENDINGS.includes(said)) return;
    said = name;
    show(name);
    if (ENDINGS.includes(name)) courier.stop();
  };
  const courier = new Courier({ id: job.agent, url: new URL(".", location.href).href }, told, { hub: job.hub, proof: { handle: job.handle } });
  await courier.start();
  if (said) return;
  if (job.back) location.replace(job.back);
  else show("done");
}

const job = takeJob();
if (job) work(job);
else show("none");

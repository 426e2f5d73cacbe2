// Carries an enrolment between an agent in this browser's network and the hub, where the agent cannot reach the hub itself.

const WITHIN = 20000; // ms: a person may have to answer the browser's question first
const place = document.getElementById("carry");
const button = place.querySelector("button");
const agent = place.dataset.address;

const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/.test(agent);

/** POST JSON; throws the name of the notice that says what went wrong. */
async function ask(address, message, options, unanswered, refused) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body: JSON.stringify(message),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(WITHIN),
      ...options,
    });
  } catch {
    throw unanswered;
  }
  const body = await response.json().catch(() => ({}));
  if (response.status !== 200) throw refused;
  return body;
}

const toAgent = (message) =>
  ask(
    `${agent}/enrol`,
    message,
    { headers: { "Content-Type": "application/json", "X-Doorsync": "1" }, targetAddressSpace: loopback ? "loopback" : "local" },
    "unreachable",
    "stranger",
  );

const toHub = (message) => ask("/courier/enrol", message, { headers: { "Content-Type": "application/json" } }, "hub", "refused");

function say(name) {
  for (const notice of document.querySelectorAll("[data-said]")) notice.hidden = notice.dataset.said !== name;
}

async function carry() {
  button.disabled = true;
  say("");
  try {
    const { enrolment } = await toAgent({ code: document.getElementById("code").textContent.trim() });
    const { enrolled } = await toHub({ enrolment });
    await toAgent({ enrolled });
    say("done");
    for (const part of document.querySelectorAll("[data-until-done]")) part.hidden = true; // the code is used now
    place.hidden = true;
  } catch (name) {
    say(typeof name === "string" ? name : "stranger");
    button.disabled = false;
  }
}

button.addEventListener("click", carry);
place.hidden = false;

// What the browser thinks of requests from this page to an agent: how private both addresses are, and what it allows.

const NEARNESS = { "": 0, local: 1, loopback: 2 };
const NAMES = { local: "local-network", loopback: "loopback-network" };
const OLDER = "local-network-access"; // one permission for both, before they were told apart
const LONG = 60000; // ms that a person may take over the browser's question
const SHORT = 700; // ms: with the time for a hello, a person is told within 5 s

const LOCAL_ADDRESS = /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;
const LOCAL_ADDRESS_6 = /^\[(f[cd]|fe[89ab])[0-9a-f]*:/;

/** How private a host is, as far as its name tells: "loopback", "local", or "" for a public or an unknown one. */
export function spaceOf(host) {
  if (host === "localhost" || host.endsWith(".localhost") || /^(127|198\.1[89])\.[\d.]+$/.test(host) || host === "[::1]") return "loopback";
  if (LOCAL_ADDRESS.test(host) || LOCAL_ADDRESS_6.test(host) || host.endsWith(".local")) return "local";
  return host.includes(".") || host.includes(":") ? "" : "local"; // one word alone is a name of this network
}

/** The space to name in a request from the page at `own` to an agent: none where the page is as private itself. */
export function spaceFor(agentUrl, own = location.hostname) {
  const { hostname, protocol } = new URL(agentUrl);
  // An agent is in somebody's network whatever its name says; over http the browser has to be told so beforehand.
  const space = spaceOf(hostname) || (protocol === "http:" ? "local" : "");
  return NEARNESS[space] > NEARNESS[spaceOf(own)] ? space : "";
}

/** "prompt", "granted", "denied", or "" in a browser that asks nobody. */
export async function permission(space) {
  for (const name of [NAMES[space], OLDER]) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // this browser does not know that name
    }
  }
  return "";
}

const framed = () => window.parent !== window;

/** Whether the page that frames this one keeps the right to itself: its iframe lacks `allow=`. */
function keptByFrame(space) {
  const policy = document.featurePolicy;
  const known = [NAMES[space], OLDER].find((name) => policy?.features().includes(name));
  return framed() && (known ? !policy.allowsFeature(known) : true);
}

/** Make the browser ask its question, right after a click. Resolves when it is answered; the answer counts, not this. */
export async function knock(agentUrl, space, limit = LONG) {
  const options = { mode: "no-cors", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(limit) };
  if (space) options.targetAddressSpace = space;
  return fetch(`${agentUrl.replace(/\/$/, "")}/courier`, options).then(
    () => true,
    () => false,
  );
}

const isSafari = () => navigator.vendor.startsWith("Apple");

/** Whether this browser drops the request because the page is secure and the agent is not. */
function mixed(agentUrl) {
  const { hostname, protocol } = new URL(agentUrl);
  if (location.protocol !== "https:" || protocol !== "http:") return false;
  return isSafari() || spaceOf(hostname) !== "loopback"; // others count this computer itself as secure
}

/** The notice for an agent that could not be reached, `late` when nothing at all came back in time. */
export async function whyNot(agentUrl, space, late) {
  const state = space ? await permission(space) : "granted";
  if (state === "denied") return keptByFrame(space) ? "frame" : "denied";
  if (state === "" && mixed(agentUrl)) return "mixed";
  if (late) return "unreachable";
  return (await knock(agentUrl, space, SHORT)) ? "stranger" : "unreachable";
}

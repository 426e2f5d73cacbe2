// Makes passkeys, and asks the browser for one: what it answers goes to the hub in a field of the form.

const SAID = { NotAllowedError: "unused", AbortError: "unused", InvalidStateError: "known", SecurityError: "elsewhere" };
const supported = typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Show one of the notices that the hub prepared in the form, or none of them. */
function say(form, name) {
  for (const notice of form.querySelectorAll("[data-said]")) notice.hidden = notice.dataset.said !== name;
}

/** What the hub asks of the browser: in the page, or with a challenge that it makes now. */
async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const headers = JSON.parse(form.dataset.headers ?? "{}");
  const response = await fetch(form.dataset.challenge, { method: "POST", headers, cache: "no-store" });
  if (!response.ok) throw new Error(`The hub answered ${response.status}.`);
  return response.json();
}

async function answer(form) {
  const asked = await options(form);
  if (form.dataset.passkey === "make") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  try {
    form.elements.passkey.value = JSON.stringify(await answer(form));
    form.submit();
  } catch (error) {
    say(form, SAID[error.name] ?? "failed");
  } finally {
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const here = location.origin === form.dataset.origin;
  form.hidden = !(supported && here) && form.dataset.passkey === "use";
  form.addEventListener("submit", send);
  if (!supported) say(form, "unsupported");
  else if (!here) say(form, "elsewhere");
}

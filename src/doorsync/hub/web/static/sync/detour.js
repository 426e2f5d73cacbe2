// The reverse courier's beginning: where this page may not reach the agent, one click leads to a page of the agent's own.

/** Make the form fetch the address with its one-job handle, and go there: in this window, or from a frame in a new one. */
export function offerDetour(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const framed = window.parent !== window;
    const opened = framed ? window.open("about:blank", "_blank") : null; // later the click would no longer count
    const fields = new URLSearchParams(new FormData(form));
    if (framed) fields.set("framed", "1");
    const response = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
    const failed = form.querySelector("[data-failed]");
    failed.hidden = Boolean(response?.ok);
    if (!response?.ok) return opened?.close();
    const { address } = await response.json();
    if (!opened) return framed ? (failed.hidden = false) : location.assign(address);
    opened.opener = null;
    opened.location = address;
  });
}

// One JSON question to the hub or to an agent, with an answer or a plain reason why there is none.

/** Nothing usable came back. `side` names the notice that says so; `late`: it took longer than it may. */
export class Unreachable extends Error {
  constructor(side, late = false) {
    super(side);
    this.side = side;
    this.late = late;
  }
}

/** POST `message` and read the JSON that comes back; no cookies go along, in either direction. `more` are options of fetch. */
export async function ask(address, message, limit, side, { headers = {}, ...more } = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(message),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(limit),
      ...more,
    });
  } catch (error) {
    throw new Unreachable(side, error.name === "TimeoutError");
  }
  const body = await response.json().catch(() => ({}));
  return { status: response.status, body };
}

// The page courier: carries sealed messages between the hub and one agent in this browser's network. It can read none of them.
// The same loop runs on the hub's page of a run and on the page that an agent serves itself.

import { ask, Unreachable } from "./asking.js";

const AT_ONCE = 6; // batches on their way to an agent
const GREETING = 4000; // ms: a person is told within 5 s when nothing answers
const WORKING = 30000; // ms: the agent itself answers "still working" after about 15 s
const MOST_BUSY = 1000; // terminals that are named as busy: a question is small
const SHORTEST_WAIT = 200; // ms between two questions, whatever the hub says
const LONGEST_WAIT = 30000;
const LONGEST_HELD_BACK = 300000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10000;
const NONCE_LIFE = 40000; // ms: a hello wanted sooner was not wanted because of age
const COURTESY = 4000; // ms before greeting again while another courier is at work; doubled each time
const LONGEST_COURTESY = 60000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Courier {
  /**
   * `agent` has an id and a url; `trouble(name, late)` is told what is wrong, or "" when nothing is. Elsewhere than on the
   * hub's own pages, `hub` is its origin and `proof` what it wants to see with every message; `reach` are options of fetch.
   */
  constructor(agent, trouble, { hub = "", proof = {}, reach = {} } = {}) {
    this.agent = agent;
    this.trouble = trouble;
    this.hub = hub;
    this.proof = proof;
    this.reach = reach;
    this.stopped = false;
    this.underWay = new Map(); // terminal -> promise
    this.heldBack = new Map(); // terminal -> how long, and until when
    this.wake = () => {};
    this.halted = new Promise((done) => (this.halt = done));
  }

  /** Carry until told to stop, or until nothing is left to carry. Only one tab of a browser does this for an agent. */
  async start() {
    let alone = false;
    const run = () => {
      alone = true;
      return this.run();
    };
    await navigator.locks?.request(`doorsync-agent-${this.agent.id}`, run).catch((error) => {
      if (alone) throw error; // otherwise a frame that may keep nothing: it has no locks either
    });
    if (!alone) await this.run();
  }

  stop() {
    this.stopped = true;
    this.halt();
    this.wake();
  }

  async run() {
    let pause = FIRST_PAUSE;
    let courtesy = COURTESY;
    while (!this.stopped) {
      try {
        const superseded = await this.carry(await this.greet());
        pause = superseded ? courtesy : FIRST_PAUSE;
        courtesy = superseded ? Math.min(courtesy * 2, LONGEST_COURTESY) : COURTESY;
      } catch (error) {
        this.tell(error);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
      // Only an end cuts this short: deliveries that come home meanwhile are no reason to take the agent from somebody else.
      if (!this.stopped) await Promise.race([sleep(pause * (1 + Math.random() / 4)), this.halted]);
    }
    this.trouble("", false);
  }

  tell(error) {
    if (error instanceof Unreachable) this.trouble(error.side, error.late);
    else this.trouble("stranger", false);
  }

  /** The agent's signed hello, brought to the hub. The hub finds out whether it is the right agent. */
  async greet() {
    let answer = await this.toHub("hello", { hello: await this.hello() });
    // A challenge: another courier's hello overtook this one, and the hub wants to see that it was the same agent's.
    // Keys: the hub has fresh ones, which the agent takes if its old ones vouch for them.
    // A nonce with a refusal: this very hello was taken from another courier, and both may go on with it.
    for (const name of ["challenge", "keys"]) {
      if (answer.status === 409 && answer.body.nonce) return this.begun(answer.body);
      const brought = answer.body[name];
      if (brought) answer = await this.toHub("hello", { hello: (await this.askAgent({ [name]: brought })).hello });
    }
    if (answer.body.error === "replayed") return "";
    if (answer.status >= 500) throw new Unreachable("hub");
    if (answer.status !== 200) throw new Error("the hub does not know this agent");
    return this.begun(answer.body);
  }

  /** The hub knows the agent's newest hello; returns its nonce. */
  begun({ nonce, idle }) {
    this.trouble("", false);
    if (idle) this.stop(); // the job that this page was opened for is done
    return nonce;
  }

  /** A hello; if the agent is about to change its keys, the hub hears of that first. */
  async hello() {
    const { hello, rotation } = await this.askAgent({});
    if (!rotation) return hello;
    const { status, body } = await this.toHub("rotate", { rotation });
    return status === 200 && body.rotated ? (await this.askAgent({ rotated: body.rotated })).hello : hello;
  }

  /** What the agent says when it is greeted, with what the hub sent to it, if anything. */
  async askAgent(brought) {
    const { status, body } = await this.toAgent("hello", brought, GREETING);
    if (status === 503) throw new Unreachable("storage");
    if (status !== 200) throw new Error("not our agent");
    return body;
  }

  /**
   * Ask for batches and bring each to the agent, until the hub wants a new hello or has nothing left. True when another courier
   * greeted the agent meanwhile: another tab, or the agent's own way out. A hello wanted early shows it, or a batch refused.
   */
  async carry(nonce) {
    const greeted = Date.now();
    this.again = this.overtaken = false;
    while (!this.stopped && !this.again) {
      const { status, body } = await this.toHub("next", { nonce, busy: [...this.busy()].slice(0, MOST_BUSY).join(" ") });
      if (status !== 200) throw new Unreachable("hub");
      if (body.hello) return Date.now() - greeted < NONCE_LIFE;
      for (const batch of body.batches) this.send(batch);
      if (body.idle && !this.underWay.size) this.stop();
      else await this.rest(Math.min(Math.max(body.wait * 1000 || 0, SHORTEST_WAIT), LONGEST_WAIT));
    }
    return this.overtaken;
  }

  send({ terminal, sealed }) {
    if (this.busy().has(terminal) || this.underWay.size >= AT_ONCE) return;
    const way = this.deliver(sealed, terminal)
      .catch((error) => {
        this.tell(error);
        this.again = true;
      })
      .finally(() => {
        this.underWay.delete(terminal);
        this.wake();
      });
    this.underWay.set(terminal, way);
  }

  async deliver(sealed, terminal) {
    for (;;) {
      const { status, body } = await this.toAgent("batch", { batch: sealed }, WORKING);
      if (status === 202) continue; // still working: the same again asks how far it is
      if (status === 200) return this.note(terminal, await this.bring(body));
      if (status === 409) {
        await this.toHub("refused", { refused: body.refused });
        this.again = this.overtaken = true; // the hub wants a new hello after that
        return;
      }
      throw new Unreachable(status === 503 ? "storage" : "unreachable");
    }
  }

  /** A receipt to the hub, and before it the parts of a memory; the hub says with which part it goes on. Whether it took all. */
  async bring({ receipt, batch, parts = 0 }) {
    for (let number = 1; number <= parts; ) {
      const { status, body } = await this.toAgent("part", { batch, part: String(number) }, WORKING);
      const answer = status === 200 ? await this.toHub("part", { part: body.part }) : { status };
      if (answer.status !== 200 || !(answer.body.next > number)) return false;
      number = answer.body.next;
    }
    return (await this.toHub("receipt", { receipt })).status === 200;
  }

  /** A receipt that the hub does not take is brought again, ever more rarely. */
  note(terminal, taken) {
    const pause = Math.min(Math.max((this.heldBack.get(terminal)?.pause ?? 0) * 2, FIRST_PAUSE), LONGEST_HELD_BACK);
    if (taken) this.heldBack.delete(terminal);
    else this.heldBack.set(terminal, { pause, until: Date.now() + pause });
  }

  /** The terminals that need no batch now: one is under way, or what came of it was refused a moment ago. */
  busy() {
    const waiting = [...this.heldBack].filter(([, { until }]) => until > Date.now());
    return new Set([...this.underWay.keys(), ...waiting.map(([terminal]) => terminal)]);
  }

  /** Sleep, but not longer than until a terminal is free for its next batch. */
  async rest(ms) {
    await Promise.race([sleep(ms), new Promise((done) => (this.wake = done))]);
  }

  toAgent(name, message, limit) {
    const address = `${this.agent.url.replace(/\/$/, "")}/${name}`;
    return ask(address, message, limit, "unreachable", { ...this.reach, headers: { "X-Doorsync": "1" } });
  }

  async toHub(name, message) {
    const answer = await ask(`${this.hub}/courier/${name}`, { agent: this.agent.id, ...message, ...this.proof }, WORKING, "hub");
    if (answer.body.error === "handle-over") throw new Unreachable("over");
    return answer;
  }
}

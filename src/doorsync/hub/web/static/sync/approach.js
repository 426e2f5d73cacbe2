// The way from a run's page to one agent: the browser's permission first, explained before it asks; then carrying; and
// when that fails, the notice that says why, each with another way.

import { Courier } from "../carrying/courier.js";
import { knock, permission, spaceFor, whyNot } from "./reach.js";
import { showTrouble } from "./say.js";

const UNASKED = "doorsync-unasked"; // agents that this browser reached without asking anybody

export class Approach {
  constructor(agent, place) {
    this.agent = agent;
    this.place = place;
    this.space = spaceFor(agent.url);
    this.told = 0; // how often anything was said: what was found out meanwhile comes too late
    const reach = this.space ? { targetAddressSpace: this.space } : {};
    this.courier = new Courier(agent, (name, late) => this.troubled(name, late), { reach });
    for (const button of place.querySelectorAll("[data-go-on]")) button.addEventListener("click", () => this.goOn());
  }

  async start() {
    const asks = this.space && !this.reachedUnasked() && (await permission(this.space)) === "prompt";
    if (asks && !this.courier.stopped) this.show("ask");
    if (!asks) this.courier.start();
  }

  stop() {
    this.show("");
    this.courier.stop();
  }

  /** After the click: the browser asks, and the person answers. */
  async goOn() {
    this.show("asked");
    const answered = await knock(this.agent.url, this.space);
    if (this.courier.stopped) return;
    const state = await permission(this.space);
    if (state === "prompt" && !answered) return this.show("unanswered");
    if (state === "prompt") this.rememberUnasked();
    this.show("");
    this.courier.start();
  }

  async troubled(name, late) {
    if (name !== "unreachable") return this.show(name);
    const told = this.told;
    const why = await whyNot(this.agent.url, this.space, late);
    if (told !== this.told) return;
    this.place.querySelector("[data-refused]").hidden = late; // a refusal comes from a computer that is there
    this.place.querySelector("[data-silent]").hidden = !late;
    this.show(why);
  }

  show(name) {
    this.told += 1;
    showTrouble(this.place, name);
  }

  reachedUnasked() {
    try {
      return localStorage.getItem(UNASKED) === this.agent.url;
    } catch {
      return false; // a frame may have no storage
    }
  }

  rememberUnasked() {
    try {
      localStorage.setItem(UNASKED, this.agent.url);
    } catch {
      // then the card comes again the next time
    }
  }
}

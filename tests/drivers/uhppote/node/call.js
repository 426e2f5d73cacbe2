// Calls one function of npm's uhppoted. Reads {"function", "controller", "port", "arguments"} as JSON from standard input; writes its answer.
import { readFileSync } from "node:fs";
import uhppoted from "uhppoted";

const given = JSON.parse(readFileSync(0, "utf8"));
const address = `127.0.0.1:${given.port}`;
const config = new uhppoted.Config("controller", "127.0.0.1", address, "127.0.0.1:60001", 2500, [{ deviceId: given.controller, address }], false);
const context = { config, locale: "en-US", logger: () => {} };
console.log(JSON.stringify(await uhppoted[given.function](context, given.controller, ...given.arguments)));
process.exit(0);

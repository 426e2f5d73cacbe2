// A Z-Wave network of mock locks behind Z-Wave JS's server, all by the authors of Z-Wave JS. Reads commands, a JSON object a line, from
// standard input and answers each with a line; the first line out says that it is ready, and on which port.
import { createInterface } from "node:readline";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZwavejsServer } from "@zwave-js/server";
import { MockController, MockNode, getDefaultMockNodeCapabilities } from "@zwave-js/testing";
import { CommandClasses } from "@zwave-js/core";
import { UserCredentialNameEncoding, UserCredentialRule, UserCredentialType, UserCredentialUserType } from "@zwave-js/cc";
import { createAndStartDriverWithMockPort, createDefaultMockControllerBehaviors, createDefaultMockNodeBehaviors } from "zwave-js/Testing";

const options = JSON.parse(process.argv[2]);
const { users, pins, cards, port, nodes: ids } = options;
const folder = mkdtempSync(join(tmpdir(), "zwave-mock-"));

const capability = (slots, min, max) => ({
  numberOfCredentialSlots: slots, minCredentialLength: min, maxCredentialLength: max, maxCredentialHashLength: 0, supportsCredentialLearn: false,
});
const lock = (id) => ({
  id,
  capabilities: {
    ...getDefaultMockNodeCapabilities(),
    commandClasses: [
      CommandClasses.Version,
      { ccId: CommandClasses["Door Lock"], isSupported: true, version: 4 },
      {
        ccId: CommandClasses["User Credential"], isSupported: true, version: 1,
        numberOfSupportedUsers: users,
        supportedCredentialRules: [UserCredentialRule.Single],
        maxUserNameLength: 32,
        supportsAllUsersChecksum: true, supportsUserChecksum: true, supportsCredentialChecksum: true,
        supportedUserNameEncodings: [UserCredentialNameEncoding.ASCII],
        supportedUserTypes: [UserCredentialUserType.General, UserCredentialUserType.Programming],
        supportedCredentialTypes: new Map([
          [UserCredentialType.PINCode, capability(pins, 4, 10)],
          [UserCredentialType.RFIDCode, capability(cards, 1, 16)],
        ]),
      },
    ],
  },
});

const { driver, continueStartup, mockPort, serial } = await createAndStartDriverWithMockPort({
  storage: { cacheDir: folder, lockDir: folder }, testingHooks: { skipFirmwareIdentification: true, loadConfiguration: false },
});
const controller = await MockController.create({ homeId: 0x7e570001, ownNodeId: 1, mockPort, serial });
controller.defineBehavior(...createDefaultMockControllerBehaviors());
const nodes = new Map();
for (const id of ids) {
  const node = await MockNode.create({ ...lock(id), controller });
  node.defineBehavior(...createDefaultMockNodeBehaviors());
  controller.addNode(node);
  nodes.set(id, node);
}
const alive = setInterval(() => {}, 1000); // the mocks alone do not keep the process running
const ready = new Promise((resolve) => driver.once("all nodes ready", resolve));
driver.on("error", (error) => process.stderr.write(`${error}\n`));
continueStartup();
await ready;
const quiet = { debug() {}, info() {}, warn() {}, error(text) { process.stderr.write(`${text}\n`); } };
const server = new ZwavejsServer(driver, { port, host: "127.0.0.1", logger: quiet });
await server.start();

const PREFIX = "UserCredential_";
const plain = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value);
const entry = (value) => Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
const own = (state) => [...state.keys()].filter((key) => String(key).startsWith(PREFIX));
const commands = {
  memory: (state) => Object.fromEntries(own(state).map((key) => [key.slice(PREFIX.length), entry(state.get(key))])),
  set: (state, { key, value }) => void state.set(PREFIX + key, value),
  forget: (state, { key }) => void state.delete(PREFIX + key),
  clear: (state) => own(state).forEach((key) => state.delete(key)),
};
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ answer: commands[given.command](nodes.get(given.node).state, given) ?? null })}\n`);
}
clearInterval(alive);
await server.destroy();
await driver.destroy();
rmSync(folder, { recursive: true, force: true });
process.exit(0);

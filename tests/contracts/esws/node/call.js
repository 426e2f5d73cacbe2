// Calls the service once with npm's soap. Reads {"wsdl", "operation", "parameters"} as JSON from standard input;
// writes {"result"} or {"fault"}.
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import soap from "soap";

const { wsdl, operation, parameters } = JSON.parse(readFileSync(0, "utf8"));
const plain = (value) => value?.$value ?? value;

try {
  const client = await soap.createClientAsync(wsdl);
  // There is no promise form for a name with a dot in it.
  const answer = await promisify(client[operation])(parameters);
  console.log(JSON.stringify({ result: plain(answer.return ?? answer) }));
} catch (error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  console.log(JSON.stringify({ fault: plain(fault?.faultcode) ?? String(error) }));
}

// Calls the service with npm's soap. Reads {"wsdl", "calls": [{"operation", "parameters"}]} as JSON from standard input;
// writes a list of {"result"} or {"fault"}.
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import soap from "soap";

const { wsdl, calls } = JSON.parse(readFileSync(0, "utf8"));
const plain = (value) => value?.$value ?? (value?.attributes?.["xsi:nil"] ? null : value);

const client = await soap.createClientAsync(wsdl);
const said = [];
for (const { operation, parameters } of calls) {
  try {
    // There is no promise form for a name with a dot in it.
    const answer = await promisify(client[operation])(parameters);
    said.push({ result: plain(answer === null ? null : answer.return ?? answer) });
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    said.push({ fault: plain(fault?.faultcode) ?? String(error) });
  }
}
console.log(JSON.stringify(said));

// Reads or writes people with zkteco-js: {host, port, do, people} on standard input, [{slot, id, name, pin, card}] on standard output.
const Zkteco = require('zkteco-js');

async function main() {
  const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const terminal = new Zkteco(given.host, given.port, 5200, 5000);
  await terminal.createSocket();
  for (const one of given.do === 'write' ? given.people : []) {
    await terminal.setUser(one.slot, one.id, one.name, one.pin, 0, one.card);
  }
  const { data } = await terminal.getUsers();
  await terminal.disconnect();
  const people = data.map((one) => ({ slot: one.uid, id: one.userId, name: one.name, pin: one.password, card: one.cardno }));
  process.stdout.write('\n' + JSON.stringify(people));
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });

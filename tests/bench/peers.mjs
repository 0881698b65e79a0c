// Times the peers of the assertion engine on workload L, warm and in process, as our own benchmark
// does: medians of many rounds, nanoseconds. One line a figure: "peer<TAB>what<TAB>ns".
// usage: node peers.mjs WORKLOAD_DIR PACKAGE...   (those of ajv and json-p3 that are in node_modules)
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const text = readFileSync(join(folder, "response.json"), "utf8");
const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8"));
const value = JSON.parse(text);

// Short rounds, as in bench.h: on a busy machine most are not interrupted.
function median(round, repeats, rounds = 401) {
  const times = [];
  for (let i = 0; i < Math.max(20000, 50 * repeats); i++) round(); // V8 compiles what is hot
  for (let r = 0; r < rounds; r++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < repeats; i++) round();
    times.push(Number(process.hrtime.bigint() - start) / repeats);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}

function say(peer, what, ns) {
  console.log(`${peer}\t${what}\t${ns.toFixed(0)}`);
}

async function peer(name, measure) {
  if (!process.argv.slice(3).includes(name)) return;
  try {
    await measure();
  } catch (error) {
    console.error(`${name}: left out (${error.code ?? error.message})`);
  }
}

say("v8", "parse", median(() => JSON.parse(text), 25));

await peer("ajv", async () => {
  const { default: Ajv } = await import("ajv/dist/2020.js");
  const make = () => new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const start = process.hrtime.bigint();
  const validate = make();
  say("ajv", "compile", Number(process.hrtime.bigint() - start));
  if (!validate(value)) throw new Error("ajv calls workload L invalid");
  say("ajv", "validate", median(() => validate(value), 100));
  say("ajv", "parse+validate", median(() => validate(JSON.parse(text)), 25));
});

await peer("json-p3", async () => {
  const { compile } = await import("json-p3");
  const queries = {
    "path singular": "$.body.items[0].sku",
    "path filter": "$.body.items[?@.quantity>2 && @.currency=='EUR'].name",
    "path descendant": "$..href",
    "path match": "$.body.items[?match(@.sku,'SKU-[0-9]{5}')].sku",
  };
  for (const [what, query] of Object.entries(queries)) {
    const compiled = compile(query);
    say("json-p3", what, median(() => compiled.query(value), 20));
  }
});

// ts-mls in Node: reads one JSON list a line, the name of a method and its arguments, and answers with one line.
//
//     node ts_mls_in_node.mjs FOLDER    (FOLDER has node_modules with ts-mls)

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { TsMlsMember } from "./ts_mls_member.mjs";

const { resolve } = createRequire(join(process.argv[2], "/"));
const member = new TsMlsMember(await import(pathToFileURL(resolve("ts-mls"))));

for await (const line of createInterface({ input: process.stdin })) {
  const [method, ...values] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await member[method](...values)) ?? null)}\n`);
}

// Our Python and ts-mls in one page, each playing the member of a group whose steps are timed.

import * as mls from "ts-mls";

import { boot } from "../../../../web/boot/boot.mjs";
import { TsMlsMember } from "./ts_mls_member.mjs";

const { wasmCryptoUrl: url, boot: manifest } = await (await fetch("/config.json")).json();
const pyodide = await boot({ url, boot: manifest });

// As the site's own pages do.
pyodide.runPython(`
import asyncio
from volly_browser.bridge import ready_queue
ready_queue.install(asyncio.get_event_loop())
`);

/** A ScriptedMember behind the methods of TsMlsMember. */
class VollyMember {
  #member;

  async load(script) {
    this.#member?.destroy();
    this.#member = await pyodide.pyimport("bench_group_member").ScriptedMember.of(script);
  }

  async take(step, count) {
    return (await this.#member.take(step, count)).toJs();
  }
}

const members = { Volly: new VollyMember(), "ts-mls": new TsMlsMember(mls) };

globalThis.bench = {
  bring: (source) => pyodide.FS.writeFile("bench_group_member.py", source),
  load: (name, script) => members[name].load(script),
  take: (name, step, count) => members[name].take(step, count),
};

/** The list of rows, which a patch changes; the steps are those of volly_browser/ui/timeline/patch.py. */

import { markFound, markNothing } from "./found.mjs";
import { draw, redraw } from "./rows.mjs";

export class Rows {
  #list;
  #rows = new Map(); // by their ids: {node, row}
  #ids = new WeakMap(); // of elements

  constructor(list) {
    this.#list = list;
  }

  get size() {
    return this.#rows.size;
  }

  /** The id of the row that an element is; undefined if it is none. */
  idOf(node) {
    return this.#ids.get(node);
  }

  nodeOf(id) {
    return this.#rows.get(id)?.node;
  }

  rowOf(id) {
    return this.#rows.get(id)?.row;
  }

  clear() {
    markNothing();
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  apply(steps) {
    for (const [kind, ...rest] of steps) this.#steps[kind](...rest);
  }

  #steps = {
    insert: (row, after) => {
      const node = draw(row);
      this.#put(node, after);
      this.#keep(node, row);
    },
    set: (row) => {
      const { node, row: before } = this.#rows.get(row.row_id);
      const drawn = redraw(node, row, before);
      if (drawn !== node) node.replaceWith(drawn);
      this.#keep(drawn, row);
    },
    move: (id, after) => this.#put(this.nodeOf(id), after),
    remove: (id) => {
      markFound(this.nodeOf(id));
      this.nodeOf(id).remove();
      this.#rows.delete(id);
    },
  };

  #put(node, after) {
    if (after) this.nodeOf(after).after(node);
    else this.#list.prepend(node);
  }

  #keep(node, row) {
    this.#rows.set(row.row_id, { node, row });
    this.#ids.set(node, row.row_id);
  }
}

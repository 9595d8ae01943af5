/**
 * Marks what was found, as the browser highlights it: no element is added, so that nothing else changes.
 *
 * A browser without highlights shows which message it is all the same.
 */

/** Places that are marked in one message; of more the first are. */
const MOST = 100;

const marked = new WeakMap(); // the ranges of rows

const highlight = globalThis.Highlight && globalThis.CSS?.highlights ? new Highlight() : undefined;
if (highlight) CSS.highlights.set("found", highlight);

/** Marks in a row all places in which one of these words stands, and no others. */
export function markFound(row, words = []) {
  if (!highlight) return;
  unmark(marked.get(row) ?? []);
  const ranges = words.length ? placesOf(row.querySelector(".text"), words.filter(Boolean)) : [];
  for (const range of ranges) highlight.add(range);
  marked.set(row, ranges);
}

/** Forgets what is marked in all rows. */
export function markNothing() {
  highlight?.clear();
}

function unmark(ranges) {
  for (const range of ranges) highlight.delete(range);
}

function placesOf(place, words) {
  const [nodes, ends] = [[], []];
  let text = "";
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    text += node.data;
    nodes.push(node);
    ends.push(text.length);
  }
  const ranges = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0 && ranges.length < MOST; at = text.indexOf(word, at + word.length)) {
      ranges.push(rangeOf(nodes, ends, at, at + word.length));
    }
  }
  return ranges;
}

function rangeOf(nodes, ends, from, to) {
  const [first, last] = [ends.findIndex((end) => end > from), ends.findIndex((end) => end >= to)];
  const startOf = (index) => ends[index] - nodes[index].data.length;
  return new StaticRange({
    startContainer: nodes[first],
    startOffset: from - startOf(first),
    endContainer: nodes[last],
    endOffset: to - startOf(last),
  });
}

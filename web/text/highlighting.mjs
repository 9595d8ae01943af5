/**
 * Colours for programs: loaded with the first one that says in which language it is written.
 *
 * Only the library's common lexer is used, whose time grows with the length of the program.  Those that it has besides for a
 * few languages know these better, but need seconds for some programs.
 */

import { parse } from "sugar-high/core";
import { lang, languages } from "sugar-high/lang";
import { onCommentEnd, onCommentStart } from "sugar-high/lang/java";

/** Letters of a program that gets colours. */
export const PROGRAM_LIMIT = 5000;

/** Parts of a program that get a colour of their own; a longer one has none. */
export const PARTS_LIMIT = 2000;

/** What the library tells apart, and what has a colour of its own; see style/style.css. */
const KINDS = { keyword: "keyword", string: "string", comment: "comment", class: "name", property: "name" };

/** What the common lexer has to know of the languages that the library leaves to lexers of their own. */
const SCRIPT = {
  keywords: new Set(
    ("abstract as async await break case catch class const continue debugger declare default delete do else enum export " +
    "extends false finally for from function get if implements import in instanceof interface let namespace new null of " +
    "private protected public readonly return satisfies set static super switch this throw true try type typeof undefined " +
    "var void while with yield").split(" "),
  ),
  onCommentStart,
  onCommentEnd,
  templateStrings: true,
};
const OWN = { javascript: SCRIPT, typescript: SCRIPT };

/**
 * Splits a program into parts, each with what it is, "" for most; together they are the program.
 *
 * @param {string} code
 * @param {string} language as people call it
 * @returns {[kind: string, part: string][] | undefined} undefined if it cannot be told apart
 */
export function coloured(code, language) {
  const name = lang(language);
  if (!name || code.length > PROGRAM_LIMIT) return undefined;
  const config = OWN[name] ?? languages.find(({ id }) => id === name).config;
  const parts = [];
  for (const { index, tokens } of parse(code, { ...config, tokenize: undefined }).lines) {
    if (index) add(parts, "", "\n");
    for (const { type, value } of tokens) add(parts, KINDS[type] ?? "", value);
  }
  const isWhole = parts.map(([, part]) => part).join("") === code;
  return isWhole && parts.length <= PARTS_LIMIT ? parts : undefined;
}

/** Adds a part, to the last one if that is of the same kind. */
function add(parts, kind, value) {
  if (!value) return;
  if (parts.at(-1)?.[0] === kind) parts.at(-1)[1] += value;
  else parts.push([kind, value]);
}

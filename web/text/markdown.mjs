/**
 * Markdown as a stream of tokens: what can be shown of GFM-MIMI, and spoilers (`||text||`).
 *
 * A token is a text, the beginning of something as `[kind, ...particulars]`, or null at its end.  There is no token for
 * HTML, images or tables: they stay the text that they are.  A text in which more is nested or marked than people
 * write is not worked on at all; so no input takes long, and nothing recurses as deep as its input.
 */

import { parser, Strikethrough } from "@lezer/markdown";
import { hostToShow, linkAt, LINKS_LIMIT, ADDRESS_LIMIT } from "./links.mjs";

/** Lists and quotes inside of each other; a list counts twice. */
export const DEPTH_LIMIT = 20;

/** Lines of a text. */
export const LINES_LIMIT = 2000;

/** Marks in a text that possibly begin or end something. */
export const MARKS_LIMIT = 1000;

/** Letters of a paragraph. */
export const PARAGRAPH_LIMIT = 8000;

/** Elements that a text becomes. */
export const ELEMENTS_LIMIT = 500;

/** The marks that the parser compares with others: `*` `_` `~` `|` `` ` `` `[` `]` */
const MARKS = new Set([..."*_~|`[]"].map((mark) => mark.charCodeAt(0)));

const [BAR, BACKSLASH, LINE, LETTER_H, CLOSING, ADDRESS_FOLLOWS] = [..."|\\\nh]("].map((letter) => letter.charCodeAt(0));
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&apos;": "'" };

const SPOILER = { resolve: "Spoiler", mark: "SpoilerMark" };

/** The name of a language at the beginning of code. */
const LANGUAGE = /^[\w+#.-]{1,20}$/;

class TooMuch extends Error {}

let left; // what the text that is being read may still cost
let mentioned; // the mentions in it, by where they begin

const BOUNDS = {
  parseBlock: [{
    name: "Bounds",
    before: "LinkReference",
    parse(context) {
      if (context.depth > DEPTH_LIMIT) throw new TooMuch();
      return false;
    },
  }],
  parseInline: [{
    name: "Bounds",
    before: "Escape",
    parse(context, letter, place) {
      if (place === context.offset && context.text.length > PARAGRAPH_LIMIT) throw new TooMuch();
      if (MARKS.has(letter)) spend("marks", 1);
      if (letter === CLOSING && context.char(place + 1) === ADDRESS_FOLLOWS) spend("links", 1);
      return -1;
    },
  }],
};

const SUBSET = {
  // What is to stay text; paragraphs keep their lines as they are, so that no line is lost in another one.
  remove: ["IndentedCode", "HTMLBlock", "HTMLTag", "Image", "LinkReference", "SetextHeading"],
  defineNodes: ["Spoiler", "SpoilerMark", "Address", "Mention"],
  parseInline: [
    {
      name: "Mention", // whole, whatever marks are in a name
      before: "Escape",
      parse(context, _, place) {
        const end = place + mentioned.get(place)?.[1];
        return end <= context.end ? context.addElement(context.elt("Mention", place, end)) : -1;
      },
    },
    {
      name: "Address", // whole, so that no mark in it is taken for the beginning of something
      before: "Escape",
      parse(context, letter, place) {
        if ((letter | 0x20) !== LETTER_H || /[A-Za-z0-9]/.test(context.slice(place - 1, place))) return -1;
        if (!/^https?:/i.test(context.slice(place, place + 6))) return -1;
        spend("links", 1);
        const link = linkAt(context.slice(place, place + ADDRESS_LIMIT), 0);
        return !link ? -1 : context.addElement(context.elt("Address", place, place + link.address.length));
      },
    },
    {
      name: "Spoiler",
      after: "Emphasis",
      parse(context, letter, place) {
        if (letter !== BAR || context.char(place + 1) !== BAR) return -1;
        const [before, after] = [context.slice(place - 1, place), context.slice(place + 2, place + 3)];
        return context.addDelimiter(SPOILER, place, place + 2, /\S/.test(after), /\S/.test(before));
      },
    },
    {
      name: "HardBreak", // every end of a line is one; the parser's own looks for spaces in front of each
      parse(context, letter, place) {
        if (letter !== BACKSLASH || context.char(place + 1) !== LINE) return -1;
        return context.addElement(context.elt("HardBreak", place, place + 1));
      },
    },
  ],
};

const markdown = parser.configure([Strikethrough, SUBSET, BOUNDS]);

function spend(what, number) {
  left[what] -= number;
  if (left[what] < 0) throw new TooMuch();
}

/**
 * Reads a text.
 *
 * @param {string} text
 * @param {Mention[]} [mentions] places in it that name members, and the words and particulars to put there
 * @returns {Token[] | undefined} undefined if there is more in it than is worked on
 * @typedef {string | [kind: string, ...particulars: (string | number | boolean)[]] | null} Token
 * @typedef {[start: number, length: number, words: string, tag: string, isSelf: boolean]} Mention
 */
export function tokensOf(text, mentions = []) {
  if (text.split("\n", LINES_LIMIT + 1).length > LINES_LIMIT) return undefined;
  mentioned = new Map(mentions.map((mention) => [mention[0], mention]));
  left = { elements: ELEMENTS_LIMIT, marks: MARKS_LIMIT, links: LINKS_LIMIT };
  try {
    const writer = new Writer(text);
    markdown.parse(text).iterate({ enter: (node) => writer.enter(node), leave: (node) => writer.leave(node) });
    return writer.tokens;
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

/** What the kinds of nodes become that have something inside. */
const KINDS = {
  Paragraph: "p", Blockquote: "blockquote", BulletList: "ul", ListItem: "li",
  Emphasis: "em", StrongEmphasis: "strong", Strikethrough: "del", Spoiler: "spoiler",
  ATXHeading1: "heading", ATXHeading2: "heading", ATXHeading3: "heading",
  ATXHeading4: "heading", ATXHeading5: "heading", ATXHeading6: "heading",
};

const SECTIONS = new Set(["p", "heading"]);
const CONTAINERS = new Set(["blockquote", "ul", "ol", "li"]);

/** Writes tokens, with the text between the nodes. */
class Writer {
  tokens = [];
  #source;
  #open = []; // the kinds of what has begun, "source" for a link that is shown as it was written
  #at = 0; // up to here the source has been written, or left out
  #containers = 0;

  constructor(source) {
    this.#source = source;
  }

  /** Takes the beginning of a node; false if there is nothing more to do about it. */
  enter(node) {
    const { name, from, to } = node;
    if (name in KINDS) return this.#begin(node, KINDS[name]);
    switch (name) {
      case "OrderedList": return this.#begin(node, "ol", parseInt(this.#source.slice(from, from + 9), 10));
      case "FencedCode": return this.#code(node);
      case "HorizontalRule": return this.#whole(node, ["hr"]);
      case "InlineCode": return this.#whole(node, ["code"], inlineCode(this.#source.slice(from, to)));
      case "Address": return this.#address(node);
      case "Mention": return this.#mention(node);
      case "Escape": return this.#insteadOf(node, this.#source.slice(from + 1, to));
      case "Entity": return this.#insteadOf(node, ENTITIES[this.#source.slice(from, to)] ?? this.#source.slice(from, to));
      case "Link": return this.#link(node);
      case "URL": return this.#destination(node);
      case "LinkMark": case "LinkLabel": case "LinkTitle": return this.#open.at(-1) === "source" ? false : this.#leaveOut(node);
      case "QuoteMark": case "HeaderMark": return this.#leaveOut(node, /[ \t]*/y);
      case "Document": return true;
      default: return this.#leaveOut(node); // marks
    }
  }

  leave(node) {
    if (node.name === "Link") return this.#end(node);
    if (node.name in KINDS || node.name === "OrderedList") return this.#end(node);
    return undefined;
  }

  get #isInSection() {
    return this.#open.some((kind) => SECTIONS.has(kind));
  }

  #begin(node, kind, ...particulars) {
    const start = SECTIONS.has(kind) ? this.#beginningOfText(node.from) : node.from;
    this.#write(start);
    this.#at = Math.max(this.#at, start);
    if (CONTAINERS.has(kind)) this.#containers += 1;
    this.#token([kind, ...particulars]);
    this.#open.push(kind);
    return true;
  }

  /** Where the text of a paragraph begins: one that stands in nothing else keeps the space before it. */
  #beginningOfText(from) {
    return this.#containers ? from : Math.max(this.#at, this.#source.lastIndexOf("\n", from - 1) + 1);
  }

  #end(node) {
    this.#write(node.to);
    this.#at = Math.max(this.#at, node.to);
    const kind = this.#open.pop();
    if (CONTAINERS.has(kind)) this.#containers -= 1;
    if (kind !== "source") this.tokens.push(null);
  }

  /** Something without anything inside but a text. */
  #whole(node, token, text = "") {
    this.#write(node.from);
    this.#token(token);
    if (text) this.tokens.push(text);
    this.tokens.push(null);
    this.#at = node.to;
    return false;
  }

  /** What stands behind the first mark belongs to the code unless it names a language. */
  #code(node) {
    const [info, code] = ["CodeInfo", "CodeText"].map((kind) => this.#textOf(node.node.getChildren(kind)));
    const isLanguage = code && LANGUAGE.test(info);
    return this.#whole(node, ["pre", isLanguage ? info : ""], isLanguage || !info ? code : `${info}\n${code}`);
  }

  #textOf(nodes) {
    return nodes.map(({ from, to }) => this.#source.slice(from, to)).join("");
  }

  #address(node) {
    const address = this.#source.slice(node.from, node.to);
    return this.#whole(node, ["a", address, linkAt(address, 0)?.realHost ?? ""], address);
  }

  /** Its words are among its particulars: they are not those of the text. */
  #mention(node) {
    const [, , ...who] = mentioned.get(node.from);
    return this.#whole(node, ["mention", ...who]);
  }

  /** A link with words of its own; it stays as it was written if these look like an address, or if not all would be seen. */
  #link(node) {
    const [opening, closing] = node.node.getChildren("LinkMark");
    const url = node.node.getChild("URL");
    const address = url ? this.#addressIn(url) : "";
    const host = address && hostToShow(address);
    const words = this.#source.slice(opening.to, closing?.from);
    if (!host || node.node.getChild("LinkTitle") || !canName(words, address, host)) {
      this.#open.push("source");
      return true;
    }
    this.#write(node.from);
    this.#token(["a", address, words === host || words === address ? "" : host]);
    this.#open.push("a");
    return true;
  }

  /** The address of a link is shown only if the link is shown as it was written. */
  #destination(node) {
    if (this.#open.at(-1) !== "source") return this.#leaveOut(node);
    const link = linkAt(this.#addressIn(node), 0);
    if (!link || !this.#source.startsWith(link.address, node.from)) return false;
    return this.#whole({ from: node.from, to: node.from + link.address.length }, ["a", link.address, link.realHost], link.address);
  }

  #addressIn({ from, to }) {
    return this.#source.slice(from, to).replace(/^<(.*)>$/, "$1").replace(/\\([!-/:-@[-`{-~])/g, "$1");
  }

  #insteadOf(node, text) {
    this.#write(node.from);
    this.tokens.push(text);
    this.#at = node.to;
    return false;
  }

  #leaveOut(node, also) {
    this.#write(node.from);
    this.#at = Math.max(this.#at, node.to);
    if (also) {
      also.lastIndex = this.#at;
      this.#at += also.exec(this.#source)[0].length;
    }
    return false;
  }

  /** Writes the source up to here; between paragraphs there is nothing to be seen. */
  #write(to) {
    if (to <= this.#at) return;
    const text = this.#source.slice(this.#at, to);
    this.#at = to;
    if (this.#isInSection) this.tokens.push(this.#containers ? text.replace(/\n[ \t]+/g, "\n") : text);
  }

  #token(token) {
    spend("elements", 1);
    this.tokens.push(token);
  }
}

/** Takes the marks off, as CommonMark does, section 6.1. */
function inlineCode(source) {
  const [marks] = /^`+/.exec(source);
  const code = source.slice(marks.length, -marks.length).replace(/\n/g, " ");
  return /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code;
}

/** Whether words can stand for a link: they are to be seen, and do not look like another address. */
function canName(words, address, host) {
  const plain = words.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  if (!/[\p{L}\p{N}\p{S}\p{P}]/u.test(plain)) return false;
  return plain === address || plain.toLowerCase() === host || !/:\/\/|@|[\p{L}\p{N}]\s*[.\u3002\u00b7\u2027]\p{L}{2}/u.test(plain);
}

const BLOCKS = new Set(["p", "heading", "blockquote", "ul", "ol", "li", "pre", "hr"]);

/**
 * What a text says without its marks, in one line; spoilers are left out, also one whose end is not there.
 *
 * @param {string} text
 * @param {string} instead stands for each spoiler
 */
export function plainText(text, instead) {
  const open = [];
  let [plain, hidden] = ["", 0];
  for (const token of tokensOf(text) ?? [text]) {
    if (typeof token === "string") {
      if (!hidden) plain += token;
    } else if (token) {
      if (token[0] === "spoiler" && !hidden++) plain += instead;
      else if (token[0] === "mention" && !hidden) plain += token[1];
      else if (BLOCKS.has(token[0])) plain += " ";
      open.push(token[0]);
    } else if (open.pop() === "spoiler") hidden -= 1;
  }
  return plain.replace(/\|\|(?=\S).*$/s, instead).split(/\s+/).filter(Boolean).join(" ");
}

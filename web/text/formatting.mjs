/** What shows texts that are more than plain: loaded once there is something to show. */

export { splitLinks } from "./links.mjs";
export { plainText, tokensOf } from "./markdown.mjs";

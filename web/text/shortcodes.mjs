/** Emoji by their names, as GitHub calls them (`thumbsup`): loaded once the user types one. */

export { nameToEmoji } from "gemoji";

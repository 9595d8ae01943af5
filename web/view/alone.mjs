/** The invitation in the middle of the page, while the user is alone in the room: shown before Python is there, and after. */

import { element } from "./view.mjs";

export function showAlone(isAlone) {
  element("alone").hidden = !isAlone;
}

/** The invitation in the middle of the page, for whoever is alone in a room: before Python is there, and after. */

import { element } from "../page/view.mjs";

export function showAlone(isAlone) {
  element("alone").hidden = !isAlone;
}

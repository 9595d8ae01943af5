/**
 * Makes the page as high as its visible part, also while an on-screen keyboard covers the rest.
 *
 * Browsers that shrink the page itself need no help.  Safari leaves its height (and `innerHeight`, in some versions) and
 * scrolls it, so that the bar above or the message box below is out of sight; only `visualViewport` says which part is
 * visible.
 */

const ZOOMED = 1.01;

export function fitVisiblePart() {
  const { visualViewport: visible } = window;
  if (!visible) return;

  const fit = () => {
    const isZoomed = visible.scale > ZOOMED; // the user then chooses what to see
    place("--height", isZoomed ? undefined : visible.height);
    place("--top", isZoomed ? undefined : visible.offsetTop);
  };

  visible.addEventListener("resize", fit);
  visible.addEventListener("scroll", fit);
  addEventListener("resize", fit);
  fit();
}

function place(property, pixels) {
  const { style } = document.documentElement;
  if (pixels === undefined) style.removeProperty(property);
  else style.setProperty(property, `${pixels}px`);
}

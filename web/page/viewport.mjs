/** Where an on-screen keyboard covers the page instead of shrinking it (Safari), the page shrinks itself. */

const KEYBOARD = 120;

export function yieldToKeyboard() {
  const { visualViewport: viewport } = window;
  viewport?.addEventListener("resize", () => {
    const covered = viewport.scale === 1 && innerHeight - viewport.height > KEYBOARD;
    if (covered) document.documentElement.style.setProperty("--height", `${viewport.height}px`);
    else document.documentElement.style.removeProperty("--height");
    if (covered) scrollTo(0, 0);
  });
}

import { byId } from "./dom";

/** Rows of cells of which arrow keys move up and down by a step, in pixels. */
const SAME_ROW_PX = 2;

/**
 * Makes the map one stop of the tab key, in which the arrow keys move from cell to cell, and says above it
 * which account a cell is.
 *
 * @param show Goes to the rows of an account, by their id.
 */
export function followMap(show: (anchor: string) => void): void {
  const map = byId("map");
  const cells = [...map.querySelectorAll("a")];
  let current = cells[0];
  for (const cell of cells) {
    cell.tabIndex = cell === current ? 0 : -1;
  }
  map.addEventListener("focusin", ({ target }) => {
    const cell = cells.find((other) => other === target);
    if (cell !== undefined && current !== undefined) {
      current.tabIndex = -1;
      cell.tabIndex = 0;
      current = cell;
    }
  });
  const readout = byId("map-readout");
  for (const event of ["focusin", "pointerover"] as const) {
    map.addEventListener(event, ({ target }) => {
      const cell = target instanceof Element ? target.closest("a") : null;
      readout.textContent = cell?.ariaLabel ?? readout.textContent;
    });
  }
  map.addEventListener("keydown", (event) => {
    const next = current && neighbour(cells, current, event.key);
    if (next !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      next.focus();
    }
  });
  const follow = () => show(decodeURIComponent(location.hash.slice(1)));
  // A second click on a cell does not change the address.
  map.addEventListener("click", ({ target }) => {
    const cell = target instanceof Element ? target.closest("a") : null;
    if (cell !== null && cell.hash === location.hash) {
      follow();
    }
  });
  addEventListener("hashchange", follow);
  follow();
}

function neighbour(
  cells: readonly HTMLAnchorElement[],
  current: HTMLAnchorElement,
  key: string,
): HTMLAnchorElement | undefined {
  const index = cells.indexOf(current);
  switch (key) {
    case "ArrowRight":
      return cells[index + 1];
    case "ArrowLeft":
      return cells[index - 1];
    case "Home":
      return cells[0];
    case "End":
      return cells.at(-1);
    case "ArrowDown":
      return nearest(cells.slice(index + 1), current, 1);
    case "ArrowUp":
      return nearest(cells.slice(0, index).reverse(), current, -1);
    default:
      return undefined;
  }
}

/** Of the next row of cells in a direction, the cell that is nearest to the current one. */
function nearest(
  cells: readonly HTMLAnchorElement[],
  current: HTMLAnchorElement,
  direction: 1 | -1,
): HTMLAnchorElement | undefined {
  const from = current.getBoundingClientRect();
  const boxes = cells.map((cell) => ({ cell, box: cell.getBoundingClientRect() }));
  const isBeyond = ({ box }: { box: DOMRect }) => direction * (box.top - from.top) > SAME_ROW_PX;
  const row = boxes.find(isBeyond)?.box.top;
  const distance = ({ box }: { box: DOMRect }) => Math.abs(box.left - from.left);
  return boxes
    .filter(({ box }) => row !== undefined && Math.abs(box.top - row) <= SAME_ROW_PX)
    .sort((a, b) => distance(a) - distance(b))[0]?.cell;
}

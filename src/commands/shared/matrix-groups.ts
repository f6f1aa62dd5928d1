/** A stage of the file: by itself, or all cells of its matrix. */
export interface CellGroup<Item> {
  /** `student@…` for several cells, otherwise the id. */
  readonly name: string;
  readonly items: readonly Item[];
}

/** Puts the cells of each matrix together, in the order of their first ones. One that is alone keeps its id. */
export function groupCells<Item>(items: readonly Item[], idOf: (item: Item) => string): CellGroup<Item>[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const stage = stageOfCell(idOf(item));
    const group = groups.get(stage);
    if (group === undefined) groups.set(stage, [item]);
    else group.push(item);
  }
  return [...groups].map(([stage, cells]) => ({
    name: cells.length === 1 ? idOf(cells[0]!) : `${stage}@…`,
    items: cells,
  }));
}

/** `student` of the cell `student@seed=1`; the id itself of a stage without a matrix. */
function stageOfCell(id: string): string {
  const at = id.indexOf('@');
  return at < 0 ? id : id.slice(0, at);
}

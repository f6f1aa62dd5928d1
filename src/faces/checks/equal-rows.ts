import type { Landmarks } from '../alignment/template';

/**
 * Finds landmark rows of a group that are equal to the row before them although the photographs have several sizes. Faces that were cut out by
 * their landmarks have equal rows, and rightly: the points of the template in pictures of one size. Holds one row.
 */
export interface EqualRows {
  /** @param image the photograph, where it was decoded */
  add(points: Landmarks, image?: { readonly width: number; readonly height: number }): void;
  /** What is odd about the rows so far, in words. */
  remark(): string | undefined;
}

/** Fewer may be copies of one photograph. */
const MANY = 4;

interface Run {
  readonly points: Landmarks;
  rows: number;
  /** The first size, and another one. */
  readonly sizes: string[];
}

export function equalRows(): EqualRows {
  let [rows, oddBefore] = [0, 0];
  let run: Run | undefined;
  let example: readonly string[] = [];
  const oddInRun = (): number => (run && run.rows >= MANY && run.sizes.length > 1 ? run.rows : 0);
  return {
    add(points, image) {
      rows++;
      if (run === undefined || !isEqual(points, run.points)) {
        oddBefore += oddInRun();
        run = { points: [...points], rows: 0, sizes: [] };
      }
      run.rows++;
      const size = image && `${image.width} x ${image.height}`;
      if (size !== undefined && run.sizes.length < 2 && run.sizes[0] !== size) run.sizes.push(size);
      if (example.length === 0 && oddInRun() > 0) example = run.sizes;
    },
    remark() {
      const odd = oddBefore + oddInRun();
      if (odd === 0) return undefined;
      const which = odd === rows ? `all ${rows} rows are equal` : `${odd} of ${rows} rows are equal to a neighbour`;
      const sizes = `some are of ${example[0]!} pixels and some of ${example[1]!}`;
      return `${which}, although the photographs differ in size (${sizes}): are these the points of these photographs?`;
    },
  };
}

function isEqual(a: Landmarks, b: Landmarks): boolean {
  return a.every((value, i) => value === b[i]);
}

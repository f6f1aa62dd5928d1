/** Cells of a face, along and down; of these, the ones that show the face and not its surroundings. */
const CELLS = 28;
const FACE = Array.from({ length: CELLS * CELLS }, (_, i) => i).filter(i => {
  const [x, y] = [(i % CELLS) + 0.5, Math.floor(i / CELLS) + 0.5];
  return Math.hypot(x - 0.5 * CELLS, y - 0.62 * CELLS) < 0.42 * CELLS;
});

/** Of mean faces of groups, drawn and real, 0.4 to 1; of negatives with others -0.45 to -1; of noise about 0. */
const OPPOSITE = -0.35;

/**
 * Groups whose mean face is light where those of most others are dark, with the mean correlation.
 * @param means mean face of each group, size x size x 3, RGB
 */
export function oppositesAmong(means: ReadonlyMap<string, Uint8Array>, size: number): Map<string, number> {
  const faces = [...means].flatMap(([group, pixels]) => {
    const face = standardFace(pixels, size);
    return face === undefined ? [] : [{ group, face }];
  });
  return new Map(
    faces.flatMap(({ group, face }) => {
      const correlations = faces
        .filter(other => other.group !== group)
        .map(other => face.reduce((sum, value, i) => sum + value * other.face[i]!, 0));
      const against = correlations.filter(correlation => correlation < OPPOSITE).length;
      const mean = correlations.reduce((sum, value) => sum + value, 0) / correlations.length;
      return 2 * against > correlations.length ? [[group, mean] as const] : [];
    }),
  );
}

/** Grey values of the cells, mean 0 and length 1; undefined where they are all alike. */
function standardFace(pixels: Uint8Array, size: number): number[] | undefined {
  const cell = size / CELLS;
  const values = FACE.map(i => {
    const [left, top] = [Math.floor((i % CELLS) * cell), Math.floor(Math.floor(i / CELLS) * cell)];
    let sum = 0;
    for (let y = top; y < top + Math.floor(cell); y++) {
      for (let x = left; x < left + Math.floor(cell); x++) {
        const at = 3 * (y * size + x);
        sum += pixels[at]! + 2 * pixels[at + 1]! + pixels[at + 2]!;
      }
    }
    return sum / (4 * Math.floor(cell) ** 2);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length < 1e-6 * values.length ? undefined : values.map(value => (value - mean) / length);
}

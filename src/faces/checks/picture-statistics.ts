/** How a face was recorded, whoever it shows. Colours and grey values are 0 to 255. */
export interface PictureStatistics {
  /** Standard deviation of the grey values. */
  readonly contrast: number;
  /** Mean red minus the mean of green or of blue, whichever is larger: 1 to 70 in faces. Skin of every tone reflects more red. */
  readonly redness: number;
  /**
   * Whether there is one colour or none: red and blue follow from the grey value, to 3 and to a tenth of `contrast`, or green and blue together
   * are below 15 % of red (likewise for the others). In photographs of faces red or blue is 4 to 25 off such a line, in sepia prints 1 to 3.
   */
  readonly isMonochrome: boolean;
  /**
   * RMS second difference of the grey values over 2 px (of a face of 112), by `contrast`; 0 without contrast. About 0.6 to 1 for photographs
   * of at least 112 px a face, 0.57 of 40 px, 0.36 of 28 px, 0.22 of 20 px enlarged, drawn or real; 3.5 of noise alone.
   */
  readonly detail: number;
}

/** The disc that shows the face and not its surroundings: centre and radius by the edge. */
const [CENTRE_X, CENTRE_Y, RADIUS] = [0.5, 0.62, 0.42];

const LINE = 3;
const LINE_BY_CONTRAST = 0.1;
const OTHERS = 0.15;

/**
 * Looks at every third pixel of every fifth row of an aligned face (of 112): steps that pictures are not enlarged by.
 * @param pixels size x size x 3 bytes, RGB, row by row
 * @param size a multiple of 112 or 128
 */
export function pictureStatistics(pixels: Uint8Array, size: number): PictureStatistics {
  const scale = Math.floor(size / 112);
  const [step, edge] = [2 * scale, size - 1 - 2 * scale];
  const [across, down] = [3 * step, 3 * step * size];
  const greyAt = (at: number): number => (pixels[at]! + 2 * pixels[at + 1]! + pixels[at + 2]!) / 4;
  let [count, v, vv, r, rr, rv, b, bb, bv, detail] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let y = Math.ceil((CENTRE_Y - RADIUS) * size); y <= edge; y += 5 * scale) {
    const half = Math.sqrt((RADIUS * size) ** 2 - (y - CENTRE_Y * size) ** 2);
    const first = Math.max(step, Math.ceil(CENTRE_X * size - half));
    for (let x = first; x <= Math.min(edge, CENTRE_X * size + half); x += 3 * scale) {
      const at = 3 * (y * size + x);
      const [red, grey, blue] = [pixels[at]!, greyAt(at), pixels[at + 2]!];
      count++;
      v += grey;
      vv += grey * grey;
      r += red;
      rr += red * red;
      rv += red * grey;
      b += blue;
      bb += blue * blue;
      bv += blue * grey;
      detail += (greyAt(at - across) - 2 * grey + greyAt(at + across)) ** 2;
      detail += (greyAt(at - down) - 2 * grey + greyAt(at + down)) ** 2;
    }
  }
  const variance = Math.max(0, vv / count - (v / count) ** 2);
  /** How far values are off the line that fits them best by grey value, RMS. */
  const offLine = (sum: number, squares: number, products: number): number => {
    const covariance = products / count - (sum / count) * (v / count);
    const explained = variance > 1e-9 ? covariance ** 2 / variance : 0;
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2 - explained));
  };
  const contrast = Math.sqrt(variance);
  const means = [r / count, (4 * v - r - b) / (2 * count), b / count] as const;
  const [weakest, middle, strongest] = [...means].sort((a, b) => a - b) as [number, number, number];
  const off = Math.max(offLine(r, rr, rv), offLine(b, bb, bv));
  return {
    contrast,
    redness: means[0] - Math.max(means[1], means[2]),
    isMonochrome: (off < LINE && off <= LINE_BY_CONTRAST * contrast) || weakest + middle < OTHERS * strongest,
    detail: contrast === 0 ? 0 : Math.sqrt(detail / count) / contrast,
  };
}

/** A place in the photo in SVG user units: pixels, integers on pixel edges. */
export type Point = readonly [x: number, y: number];

/** Path data of a smooth open curve through the points (uniform Catmull-Rom, as cubic Béziers). */
export function openCurve(points: readonly Point[]): string {
  const at = (i: number): Point => points[Math.min(Math.max(i, 0), points.length - 1)]!;
  return `M${pair(at(0))}${segments(at, points.length - 1)}`;
}

/** Path data of a smooth closed curve through the points. */
export function closedCurve(points: readonly Point[]): string {
  const at = (i: number): Point => points[(i + points.length) % points.length]!;
  return `M${pair(at(0))}${segments(at, points.length)}Z`;
}

/** Path data of a closed polygon. */
export function polygon(points: readonly Point[]): string {
  return `M${points.map(pair).join('L')}Z`;
}

/** Path data of a disc, so that many discs make one element: elements are what costs time. */
export function disc([x, y]: Point, radius: number): string {
  const r = num(radius);
  const d = num(2 * radius);
  return `M${num(x - radius)} ${num(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0Z`;
}

/** Two decimals, for radii, widths and opacities. */
export function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** The Bézier control points of a Catmull-Rom segment from b to c lie a sixth of (c - a) and (d - b) away. */
function segments(at: (i: number) => Point, count: number): string {
  let path = '';
  for (let i = 0; i < count; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const first: Point = [b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6];
    const second: Point = [c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6];
    path += `C${pair(first)} ${pair(second)} ${pair(c)}`;
  }
  return path;
}

/** One decimal: a tenth of a pixel is what anti-aliasing shows, and short text is written and parsed sooner. */
function pair([x, y]: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

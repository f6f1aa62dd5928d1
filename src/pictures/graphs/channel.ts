import { Canvas } from './canvas';
import type { Item } from './layout';
import { leftOf, rightOf } from './layout';
import { placeApart } from './layout/place-apart';

/** The lines of one item to the row below. */
interface Net {
  readonly source: Item;
  /** Column where each line ends. */
  readonly ends: number[];
}

/** Distance of two lines that end at the same node. */
const PORT_GAP = 2;

/** Draws the lines between two neighbouring rows. Moves lanes of the lower row by a column where that avoids a conflict. */
export function drawChannel(upper: readonly Item[], lower: readonly Item[]): string[] {
  const nets = connectNets(upper, lower);
  const tracks = assignTracks(nets);
  const canvas = new Canvas();
  const bottom = Math.max(0, ...tracks.values());
  for (const net of nets) {
    const { source, ends } = net;
    const track = tracks.get(net);
    if (track === undefined) {
      canvas.vertical(source.x, 0, bottom, net, { up: true, down: true });
      continue;
    }
    const columns = [source.x, ...ends];
    canvas.horizontal(track, Math.min(...columns), Math.max(...columns), net);
    canvas.vertical(source.x, 0, track, net, { up: true, down: false });
    for (const end of ends) canvas.vertical(end, track, bottom, net, { up: false, down: true });
  }
  return canvas.lines();
}

/** Number of columns that a node needs for lines that end there. */
export function widthForPorts(lines: number): number {
  return Math.max(0, (lines - 1) * PORT_GAP + 1);
}

function connectNets(upper: readonly Item[], lower: readonly Item[]): Net[] {
  const nets = new Map(
    upper.filter(({ to }) => to.length > 0).map(source => [source, { source, ends: [] as number[] }]),
  );
  const sources = new Set(upper.filter(({ to }) => to.length > 0).map(({ x }) => x));
  for (const item of lower) {
    const from = [...item.from].sort((a, b) => a.x - b.x);
    const ports = portsOf(item, from, sources);
    from.forEach((source, i) => nets.get(source)!.ends.push(ports[i]!));
  }
  return [...nets.values()];
}

/** Columns at which lines reach an item, from left to right like their sources; not below another net's source if that can be helped. */
function portsOf(item: Item, from: readonly Item[], sources: ReadonlySet<number>): number[] {
  const low = leftOf(item);
  const high = rightOf(item) - 1;
  const isFree = (column: number, own: Item): boolean => column === own.x || !sources.has(column);
  if (item.passes) {
    const places = [item.x, item.x - 1, item.x + 1].filter(each => each >= 0);
    const column = places.find(each => isFree(each, from[0]!)) ?? item.x;
    item.x = column;
    return [column];
  }
  const wanted = from.map(({ x }) => (from.length === 1 ? nearest(x, low, high) : x));
  const ports = placeApart(
    from.length === 1 && wanted[0] !== from[0]!.x ? [item.x] : wanted,
    from.map(() => PORT_GAP),
    { low, high },
  );
  let before = low - 1;
  return ports.map((port, i) => {
    const after = ports[i + 1] ?? high + 1;
    const possible = [port, port - 1, port + 1].filter(each => each > before && each < after);
    before = possible.find(each => isFree(each, from[i]!)) ?? port;
    return before;
  });
}

/** Row of the horizontal part of each net that has one. */
function assignTracks(nets: readonly Net[]): Map<Net, number> {
  const bent = nets.filter(({ source, ends }) => ends.some(end => end !== source.x));
  const tracks = new Map<Net, number>();
  let left = [...bent].sort((a, b) => spanOf(a)[0] - spanOf(b)[0]);
  for (let track = 0; left.length > 0; track++) {
    const free = left.filter(net => !left.some(other => other !== net && mustBeAbove(other, net)));
    // A circle of such wishes cannot be met; one of the two is drawn over the other.
    const candidates = free.length > 0 ? free : left.slice(0, 1);
    let end = -Infinity;
    for (const net of candidates) {
      const [from, to] = spanOf(net);
      if (from <= end + 1) continue;
      tracks.set(net, track);
      end = to;
    }
    left = left.filter(net => !tracks.has(net));
  }
  return tracks;
}

/** Where a line of `net` ends below the source of `other`, the line of `other` has to turn away first. */
function mustBeAbove(other: Net, net: Net): boolean {
  return net.ends.includes(other.source.x);
}

function spanOf({ source, ends }: Net): [number, number] {
  return [Math.min(source.x, ...ends), Math.max(source.x, ...ends)];
}

function nearest(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}

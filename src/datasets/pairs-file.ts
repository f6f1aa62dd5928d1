import { UserError } from '../errors';
import { quote } from '../util/quote';
import type { GroupFiles } from './format';
import { imageFinder } from './image-finder';
import { numberedLines, type Line } from './numbered-lines';

/** Two images to compare, each named `<identity>/<file>`. */
export interface Pair {
  /** 0 to 9. */
  readonly fold: number;
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
}

const FOLDS = 10;

/**
 * Reads the pairs of a group as RFW writes them, without a header: ten equal folds, each n genuine pairs `identity i j`, then n
 * impostor pairs `identity i identity j`, where i is the number at the end of the file's name, `<identity>_0001.jpg`.
 * Errors with `bad-pairs` (`UserError`) and file:line when a row does not fit, or names what is not on disk.
 */
export async function readPairs(file: string, group: Pick<GroupFiles, 'name' | 'folder'>): Promise<Pair[]> {
  const lines = await readLines(file);
  const perKind = lines.length / (2 * FOLDS);
  const find = imageFinder(group);
  const pairs: Pair[] = [];
  for (const [i, line] of lines.entries()) {
    const bad = (found: string): UserError => badPair(file, line.number, found);
    const fold = Math.floor(i / (2 * perKind));
    const genuine = i % (2 * perKind) < perKind;
    if (genuine !== (line.fields.length === 3)) {
      const [found, wanted] = genuine ? ['an impostor', 'a genuine'] : ['a genuine', 'an impostor'];
      throw bad(
        `found ${found} pair, want ${wanted} one: of ${lines.length} pairs, a fold has ${perKind} of each kind`,
      );
    }
    const { first, second } = sidesOf(line);
    if (!genuine && first.identity === second.identity) {
      throw bad(`found an impostor pair within identity ${quote(first.identity)}`);
    }
    const a = await find(first.identity, first.index, bad);
    const b = await find(second.identity, second.index, bad);
    if (a === b) throw bad(`found ${a} paired with itself`);
    pairs.push({ fold, a, b, genuine });
  }
  return pairs;
}

async function readLines(file: string): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of numberedLines(file)) {
    const found = line.fields.length;
    if (found !== 3 && found !== 4) {
      const wanted = 'want 3 (identity i j) or 4 (identity i identity j), and no header';
      throw badPair(file, line.number, `found ${found} fields, ${wanted}`);
    }
    lines.push(line);
  }
  if (lines.length === 0 || lines.length % (2 * FOLDS) !== 0) {
    const wanted = `want ${FOLDS} equal folds of as many genuine as impostor pairs, so a multiple of ${2 * FOLDS}`;
    throw badPair(file, lines.at(-1)?.number ?? 1, `found ${lines.length} pairs up to here, ${wanted}`);
  }
  return lines;
}

interface Side {
  readonly identity: string;
  readonly index: string;
}

function sidesOf({ fields }: Line): { readonly first: Side; readonly second: Side } {
  const first = { identity: fields[0]!, index: fields[1]! };
  return fields.length === 3
    ? { first, second: { identity: fields[0]!, index: fields[2]! } }
    : { first, second: { identity: fields[2]!, index: fields[3]! } };
}

function badPair(file: string, line: number, found: string): UserError {
  return new UserError(`Cannot read pairs: ${file}:${line}: ${found}; mend the file`, { code: 'bad-pairs' });
}

import { posix } from 'node:path';
import { UserError } from '../../errors';
import { quote } from '../../kit/text/quote';
import type { GroupFiles } from './group-files';
import { imageFinder } from './image-finder';
import { numberedLines, type Line } from './numbered-lines';

/** Two images to compare, each named `<identity>/<file>`. */
export interface ListedPair {
  /** 0 to 9. */
  readonly fold: number;
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
}

const FOLDS = 10;

export interface PairRemarks {
  /** Called for an image that is not on disk, each time that a row names it; its pair is in the list nevertheless. */
  readonly missing: (image: string, found: string) => void;
  /** Called for an identity that the file writes in another case than the folder. */
  readonly alike: (identity: string, folder: string) => void;
}

/**
 * Reads the pairs of a group as RFW writes them, without a header: ten equal folds, each n genuine pairs `identity i j`, then n
 * impostor pairs `identity i identity j`, where i is the number at the end of the file's name, `<identity>_0001.jpg`.
 * Errors with `bad-pairs` (`UserError`) and file:line when a row does not fit.
 */
export async function readPairsFile(
  file: string,
  group: Pick<GroupFiles, 'name' | 'folder' | 'absent'>,
  remarks: PairRemarks,
): Promise<ListedPair[]> {
  const lines = await readLines(file);
  const perKind = lines.length / (2 * FOLDS);
  const find = await imageFinder(group, remarks.alike);
  const pairs: ListedPair[] = [];
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
    const [a, b] = [await find(first.identity, first.index, bad), await find(second.identity, second.index, bad)];
    // As found, because two ways to write a name may lead to one person.
    if (!genuine && posix.dirname(a.image) === posix.dirname(b.image)) {
      throw bad(`found an impostor pair within identity ${quote(first.identity)}`);
    }
    if (a.image === b.image) throw bad(`found ${a.image} paired with itself`);
    for (const { image, missing } of [a, b]) {
      if (missing !== undefined) remarks.missing(image, `${file}:${line.number}: found ${missing}`);
    }
    pairs.push({ fold, a: a.image, b: b.image, genuine });
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

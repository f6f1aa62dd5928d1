import { UserError } from '../../errors';
import { composed, foldName } from '../../kit/text/fold-name';
import { numberList } from '../../kit/text/number-list';
import { textIndex, type TextIndex } from '../../kit/text/text-index';
import type { LandmarkSource } from './group-files';
import { groupName } from './group-folders';
import { labelColumn, type LabelColumn } from './label-column';
import { withoutEnding } from './list-folder';
import { numberedLines, type Line } from './numbered-lines';
import { decimal } from '../../kit/text/decimal';
import { quote } from '../../kit/text/quote';

/** The landmarks of one group. Names of images are compared in the normal form NFC. */
export interface LandmarkTable {
  readonly rows: number;
  /** x1 y1 … x5 y5 of an image, named `<identity>/<file>`, or undefined when the file has no row for it. Marks the row as used. */
  take(image: string): number[] | undefined;
  /** The same for an image whose row is written in another case or with another ending: only where one row alone can be meant. */
  takeAlike(image: string): number[] | undefined;
  /** Rows that nothing has taken: they name images that are not there. */
  unused(): Generator<LandmarkRow, void>;
  /** Rows of groups that the data set does not have, by group; only a file that groups share may hold them. */
  readonly strangers: ReadonlyMap<string, { readonly rows: number; readonly line: number }>;
  /** Of the rows of the group. */
  readonly labels: LabelColumn;
}

export interface LandmarkRow {
  /** `<identity>/<file>`, NFC. */
  readonly image: string;
  readonly line: number;
}

const POINTS = 10;

/**
 * Reads the rows of one group from a landmark file of RFW or BUPT: image, label, x1 y1 … x5 y5, in pixels of the photograph;
 * the image ends in `<Group>/<identity>/<file>`. Holds about 120 bytes an image, and its name.
 * Errors with `bad-landmarks` (`UserError`) and file:line at a malformed row, a row of another group, and a second row for an image.
 * @param groups names of all groups of the data set, for a file that they share
 */
export async function readLandmarks(
  { file, shared }: LandmarkSource,
  group: string,
  groups: readonly string[],
): Promise<LandmarkTable> {
  const images = textIndex();
  const [points, lines] = [numberList(), numberList()];
  const labels = labelColumn();
  const strangers = new Map<string, { rows: number; line: number }>();
  const isOwn = memo(name => foldName(name) === foldName(group));
  const isKnown = memo(name => groups.some(known => foldName(known) === foldName(name)));
  for await (const line of numberedLines(file)) {
    const row = parseRow(line, file);
    if (row.group !== undefined && !isOwn(row.group)) {
      if (!shared) {
        throw badRow(file, line.number, `found group ${quote(row.group)}, want ${group}`, 'mend the row or remove it');
      }
      if (!isKnown(row.group)) {
        const name = groupName(row.group);
        const { rows, line: first } = strangers.get(name) ?? { rows: 0, line: line.number };
        strangers.set(name, { rows: rows + 1, line: first });
      }
      continue;
    }
    if (row.group === undefined && shared) {
      throw badRow(file, line.number, `found image ${quote(line.fields[0]!)}`, 'want <Group>/<identity>/<file>');
    }
    const place = images.add(row.image);
    if (place < lines.length) {
      const found = `found a second row for ${quote(row.image)}, the first is in line ${lines.at(place)}`;
      throw badRow(file, line.number, found, 'remove one of them');
    }
    row.points.forEach(value => points.push(value));
    lines.push(line.number);
    labels.add(row.identity, row.label, line.number);
  }
  const used = new Uint8Array(images.size);
  const pointsAt = (place: number | undefined): number[] | undefined => {
    if (place === undefined) return undefined;
    used[place] = 1;
    return Array.from({ length: POINTS }, (_, i) => points.at(place * POINTS + i));
  };
  let alike: ((image: string) => number | undefined) | undefined;
  return {
    rows: images.size,
    strangers,
    labels,
    take: image => pointsAt(images.find(composed(image))),
    takeAlike: image => pointsAt((alike ??= byFoldedName(images))(image)),
    *unused() {
      for (let place = 0; place < images.size; place++) {
        if (used[place] === 0) yield { image: images.text(place), line: lines.at(place) };
      }
    },
  };
}

/** Places by folded name, but for names that are one then. */
function byFoldedName(images: TextIndex): (image: string) => number | undefined {
  const folded = textIndex();
  const places = new Float64Array(images.size);
  for (let place = 0; place < images.size; place++) {
    const before = folded.size;
    const key = folded.add(foldPath(images.text(place)));
    places[key] = key === before ? place : SEVERAL;
  }
  return image => {
    const key = folded.find(foldPath(image));
    return key === undefined || places[key] === SEVERAL ? undefined : places[key];
  };
}

const SEVERAL = -1;

/** A photograph that was saved in another format keeps its points, and its name but for the ending. */
function foldPath(image: string): string {
  return withoutEnding(image).split('/').map(foldName).join('/');
}

/** Rows of a group follow each other mostly. */
function memo(test: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return name => {
    const found = known.get(name) ?? test(name);
    known.set(name, found);
    return found;
  };
}

interface ParsedRow {
  readonly group: string | undefined;
  readonly identity: string;
  readonly image: string;
  readonly label: number;
  readonly points: readonly number[];
}

function parseRow({ number, fields }: Line, file: string): ParsedRow {
  if (fields.length !== 2 + POINTS) {
    const layout = 'image, label, x1 y1 … x5 y5, separated by tabs';
    throw badRow(file, number, `found ${fields.length} fields, want 12 (${layout})`, 'mend the row or remove it');
  }
  const numbers = fields.slice(1).map(decimal);
  const wrong = numbers.findIndex(Number.isNaN);
  if (wrong >= 0) {
    const what = wrong === 0 ? 'the label' : `${wrong % 2 === 1 ? 'x' : 'y'}${Math.ceil(wrong / 2)}`;
    throw badRow(
      file,
      number,
      `found ${quote(fields[wrong + 1]!)} as ${what}, want a number`,
      'mend the row or remove it',
    );
  }
  const [name, identity, group] = fields[0]!.split('/').filter(Boolean).reverse();
  if (name === undefined || identity === undefined) {
    throw badRow(file, number, `found image ${quote(fields[0]!)}`, 'want <Group>/<identity>/<file>');
  }
  const [label = NaN, ...points] = numbers;
  return { group, identity, image: composed(`${identity}/${name}`), label, points };
}

function badRow(file: string, line: number, found: string, then: string): UserError {
  return new UserError(`Cannot read landmarks: ${file}:${line}: ${found}; ${then}`, { code: 'bad-landmarks' });
}

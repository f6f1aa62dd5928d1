import { basename } from 'node:path';
import { decimal } from '../../kit/text/decimal';
import { composed } from '../../kit/text/fold-name';
import { quote } from '../../kit/text/quote';
import { folderFinder } from './folder-finder';
import { labelColumn, type LabelColumn } from './label-column';
import { isImage } from './list-folder';
import { numberedLines } from './numbered-lines';

/** Labels of a group that contradict its folders, or each other. */
export interface LabelDoubt {
  /** Identities that are in doubt, and all that have a label. */
  readonly doubtful: number;
  readonly identities: number;
  /** For the log. */
  readonly text: string;
  /** For the end of a run. */
  readonly short: string;
}

export interface LabelFile {
  readonly file: string;
  readonly labels: LabelColumn;
  /** Undefined where all rows name people with a folder, or something else looks at that. */
  readonly strangers?: Strangers;
}

/** Rows of a file that name people without a folder. */
export interface Strangers {
  readonly rows: number;
  readonly rowsInAll: number;
  readonly people: number;
  readonly peopleInAll: number;
  /** In words, with its line. */
  readonly first: string;
}

/**
 * The labels of `<Group>_images.txt`: lines of `file \t label`. The identity is the folder in the path or, for a file name alone, what stands
 * before its number, as RFW names photographs. Rows without a number as label have no label. File names without a number name no identity: that is a
 * fault where those of other rows do.
 */
export async function readImageLabels(file: string, folders: readonly string[]): Promise<LabelFile> {
  const folderOf = folderFinder(folders);
  const labels = labelColumn();
  const [known, strange] = [new Set<string>(), new Set<string>()];
  const [found, nameless] = [newTally(), newTally()];
  let rowsInAll = 0;
  for await (const { number, fields } of numberedLines(file)) {
    const [image = '', text = ''] = fields;
    const label = decimal(text);
    // What is neither is the headline of the columns.
    if (Number.isNaN(label) && !isImage(image)) continue;
    rowsInAll++;
    const people = peopleOf(image);
    const folder = people.map(folderOf).find(name => name !== undefined);
    if (folder !== undefined) {
      known.add(folder);
      if (!Number.isNaN(label)) labels.add(folder, label, number);
    } else {
      const [name = image] = people;
      count(people.length > 0 ? found : nameless, name, number);
      strange.add(composed(name));
    }
  }
  const both = known.size > 0 ? [found, nameless].sort((a, b) => a.line - b.line) : [found];
  const rows = both.reduce((sum, tally) => sum + tally.rows, 0);
  const { first } = both[0]!;
  const peopleInAll = known.size + strange.size;
  return {
    file,
    labels,
    ...(rows > 0 && { strangers: { rows, rowsInAll, people: strange.size, peopleInAll, first } }),
  };
}

interface Tally {
  rows: number;
  line: number;
  first: string;
}

function newTally(): Tally {
  return { rows: 0, line: Infinity, first: '' };
}

function count(tally: Tally, name: string, line: number): void {
  if (tally.rows++ > 0) return;
  tally.line = line;
  tally.first = `${quote(name)} in line ${line}`;
}

/** Whom a name may be of, the likeliest first. */
function peopleOf(image: string): string[] {
  const [name = '', folder] = image.split('/').filter(Boolean).reverse();
  const [, beforeNumber] = /^(.+)_\d+\.[^.]*$/.exec(name) ?? [];
  return [folder, beforeNumber].filter(person => person !== undefined);
}

/**
 * What is doubtful about the labels of a group. Nothing is learnt from labels: whoever wrote them meant people, though, and where these are
 * not the folders' people one of the two is wrong.
 */
export function doubtLabels(files: readonly LabelFile[]): LabelDoubt[] {
  const strangers = files.flatMap(doubtStrangers);
  const contradictions = files.flatMap(doubtContradiction);
  const [first, second] = files.filter(({ labels }) => labels.says());
  const between = contradictions.length === 0 && first && second ? doubtBoth(first, second) : [];
  return [...strangers, ...contradictions, ...between];
}

function doubtStrangers({ file, strangers }: LabelFile): LabelDoubt[] {
  if (strangers === undefined) return [];
  const { rows, rowsInAll, people, peopleInAll, first } = strangers;
  const what = (name: string): string =>
    `${rows} of ${rowsInAll} rows of ${name} name people without a folder, the first is ${first}`;
  return [
    {
      doubtful: people,
      identities: peopleInAll,
      text:
        `${what(file)}: the file may be of another group or edition, or the photographs of these people are not here. ` +
        'Labels are not used',
      short: what(basename(file)),
    },
  ];
}

function doubtContradiction({ file, labels }: LabelFile): LabelDoubt[] {
  const found = labels.contradiction();
  if (found === undefined) return [];
  const { identities, split, shared, text } = found;
  const doubtful = Math.min(identities, split + shared);
  return [
    {
      doubtful,
      identities,
      text:
        `The labels of ${file} contradict the folders: ${text}. Folders say who is who, labels are not used: ` +
        'look which of them are right, and mend the file or move the photographs',
      short: `the labels of ${basename(file)} contradict the folders of ${doubtful} of ${identities} identities`,
    },
  ];
}

/** Two files that number the same people must do it alike, or one of them belongs to another edition of the data set. */
function doubtBoth(first: LabelFile, second: LabelFile): LabelDoubt[] {
  let [doubtful, identities] = [0, 0];
  let example = '';
  for (const identity of first.labels.identities()) {
    const [one, other] = [first.labels.labelOf(identity), second.labels.labelOf(identity)];
    if (other === undefined) continue;
    identities++;
    if (one === other) continue;
    doubtful++;
    example ||= `${quote(identity)} is ${String(one)} and ${other}`;
  }
  if (doubtful === 0) return [];
  const what = (a: string, b: string): string =>
    `${a} and ${b} number ${doubtful} of ${identities} identities differently`;
  return [
    {
      doubtful,
      identities,
      text: `${what(first.file, second.file)} (${example}): they may be of two editions of the data set. Folders say who is who, labels are not used`,
      short: what(basename(first.file), basename(second.file)),
    },
  ];
}

/** By group, the doubt about most people. */
export function worstDoubts(
  doubts: readonly (readonly [group: string, doubt: LabelDoubt])[],
): Record<string, Pick<LabelDoubt, 'doubtful' | 'identities'>> {
  const ascending = [...doubts].sort(([, a], [, b]) => a.doubtful - b.doubtful);
  return Object.fromEntries(ascending.map(([group, { doubtful, identities }]) => [group, { doubtful, identities }]));
}

import { basename } from 'node:path';
import { decimal } from '../util/decimal';
import { composed } from '../util/fold-name';
import { quote } from '../util/quote';
import { labelColumn, type LabelColumn } from './label-column';
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

interface LabelFile {
  readonly file: string;
  readonly labels: LabelColumn;
}

/**
 * The labels of `<Group>_images.txt`: lines of `file \t label`. The identity is the folder in the path or, for a file name alone, what stands
 * before its number, as RFW names photographs. Rows without a number as label, and of people without a folder, say nothing.
 */
export async function readImageLabels(file: string, folders: readonly string[]): Promise<LabelColumn> {
  const known = new Set(folders.map(composed));
  const labels = labelColumn();
  for await (const { number, fields } of numberedLines(file)) {
    const [image = '', text = ''] = fields;
    const label = decimal(text);
    const [name = '', folder] = image.split('/').filter(Boolean).reverse();
    const identity = composed(folder ?? name.replace(/_\d+\.[^.]*$/, ''));
    if (!Number.isNaN(label) && known.has(identity)) labels.add(identity, label, number);
  }
  return labels;
}

/**
 * What is doubtful about the labels of a group. Nothing is learnt from labels: whoever wrote them meant people, though, and where these are
 * not the folders' people one of the two is wrong.
 */
export function doubtLabels(files: readonly LabelFile[]): LabelDoubt[] {
  const doubts = files.flatMap(({ file, labels }): LabelDoubt[] => {
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
  });
  const [first, second] = files.filter(({ labels }) => labels.says());
  return doubts.length === 0 && first && second ? doubtBoth(first, second) : doubts;
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

import { composed } from '../../kit/text/fold-name';
import { numberList } from '../../kit/text/number-list';
import { quote } from '../../kit/text/quote';
import { textIndex } from '../../kit/text/text-index';

/** The labels of a text file of one group, compared with the folders of the photographs as its rows come. Holds four numbers an identity. */
export interface LabelColumn {
  /** @param line of the row, from 1 */
  add(identity: string, label: number, line: number): void;
  /** The first label of an identity. */
  labelOf(identity: string): number | undefined;
  identities(): Generator<string, void>;
  /** Labels that differ from each other: where all are one number they say nothing. */
  says(): boolean;
  /** How labels and folders contradict each other, or undefined: then every identity has one label, and every label one identity. */
  contradiction(): LabelContradiction | undefined;
}

export interface LabelContradiction {
  readonly identities: number;
  /** Identities with several labels. */
  readonly split: number;
  /** Identities whose label is that of another one. */
  readonly shared: number;
  /** In words, with the lines of the first of each kind. */
  readonly text: string;
}

/**
 * Right files number the people of a group: one label an identity and one identity a label, whatever the first number is and
 * whether some are left out (RFW's `<Group>_lmk.txt` and `<Group>_images.txt`).
 */
export function labelColumn(): LabelColumn {
  const identities = textIndex();
  const [labels, lines] = [numberList(), numberList()];
  const owners = new Map<number, number>();
  const [split, shared] = [new Set<number>(), new Set<number>()];
  let [firstSplit, firstShared] = ['', ''];
  let differ = false;
  const at = (place: number): string => `${quote(identities.text(place))} in line ${lines.at(place)}`;
  return {
    add(identity, label, line) {
      const place = identities.add(composed(identity));
      if (labels.length > 0 && label !== labels.at(0)) differ = true;
      if (place < labels.length) {
        if (label === labels.at(place)) return;
        split.add(place);
        firstSplit ||= `${at(place)} is ${labels.at(place)}, in line ${line} ${label}`;
        return;
      }
      labels.push(label);
      lines.push(line);
      const owner = owners.get(label);
      if (owner === undefined) owners.set(label, place);
      else {
        shared.add(place);
        firstShared ||= `${label} is ${at(owner)} and ${at(place)}`;
      }
    },
    labelOf: identity => {
      const place = identities.find(composed(identity));
      return place === undefined ? undefined : labels.at(place);
    },
    *identities() {
      for (let place = 0; place < identities.size; place++) yield identities.text(place);
    },
    says: () => differ,
    contradiction() {
      if (!differ || split.size + shared.size === 0) return undefined;
      const parts = [
        ...(split.size > 0
          ? [`${split.size} of ${identities.size} identities have several labels (${firstSplit})`]
          : []),
        ...(shared.size > 0 ? [`${shared.size} have the label of another one (${firstShared})`] : []),
      ];
      return { identities: identities.size, split: split.size, shared: shared.size, text: parts.join(', ') };
    },
  };
}

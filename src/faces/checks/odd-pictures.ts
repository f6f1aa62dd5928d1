import { plural } from '../../kit/text/human';
import { pictureStatistics, type PictureStatistics } from './picture-statistics';
import { oppositesAmong } from './opposite-faces';

/** Fewer faces say nothing of how a group was recorded. */
const LEAST = 16;
/** Contrast below which a picture is plain: of dark photographs of faces it is at least 1. */
const PLAIN = 0.5;
/** Contrast and detail of weak noise alone. 79 faces in dark or pale photographs, of a contrast below 3, had a detail of 0.65 to 2.06. */
const [NOISE_CONTRAST, NOISE_DETAIL] = [3, 2.2];
/** From which share on a group's faces are doubtful where red is not the strongest colour: 0 to 1 % of right ones. */
const NOT_RED_SHARE = 0.3;
/** By how much shares of monochrome faces differ between groups that were recorded differently. */
const MONOCHROME_APART = 0.5;
/** Medians of detail of groups from different sources, drawn and real, are 0.6 to 1.1. */
const SOFT = 0.5;

const BINS = 400;
const BINS_A_UNIT = 100;

interface Recorded {
  faces: number;
  blank: number;
  firstBlank: string | undefined;
  monochrome: number;
  notRed: number;
  /** Faces that show something, by detail. */
  readonly details: Uint32Array;
}

type PictureSummary = {
  readonly faces: number;
  /** Faces on which nothing is to be seen. */
  readonly blank: number;
  /** Faces of one colour or of none: grey, sepia. */
  readonly monochrome: number;
  /** Other faces whose strongest colour is not red. */
  readonly notRed: number;
  /** Median; see `PictureStatistics`. Null where nothing is to be seen on any face. */
  readonly detail: number | null;
};

interface OddGroups {
  /** For callers that know the group. */
  readonly doubts: Record<string, readonly string[]>;
  /** With the name of the group. */
  readonly warnings: readonly string[];
}

/**
 * Finds what is odd about the recording of a group's photographs: such a difference makes a model look biased. How light or dark faces
 * are is never judged.
 */
export interface OddPictures {
  /** @param pixels of the aligned face, RGB */
  add(photo: { readonly path: string; readonly group: string }, pixels: Uint8Array): void;
  /**
   * What is odd, by group, sorted.
   * @param means mean face of each group, RGB
   */
  judge(means: ReadonlyMap<string, Uint8Array>): OddGroups;
  summary(): Record<string, PictureSummary>;
}

/** @param size edge of the faces in pixels */
export function oddPictures(size: number): OddPictures {
  const groups = new Map<string, Recorded>();
  return {
    add({ path, group }, pixels) {
      const recorded = groups.get(group) ?? nothingRecorded();
      groups.set(group, recorded);
      count(recorded, path, pictureStatistics(pixels, size));
    },
    judge(means) {
      const known = sorted(groups).filter(([, { faces }]) => faces >= LEAST);
      const opposites = oppositesAmong(new Map(known.map(([group]) => [group, means.get(group)!])), size);
      const odd = sorted(groups).flatMap(([group, recorded]): [string, string[]][] => {
        const others = known.filter(([name]) => name !== group);
        const compared =
          recorded.faces < LEAST ? [] : [notRed(recorded), monochrome(recorded, others), soft(recorded, others)];
        const texts = [blank(recorded), ...compared, negative(opposites.get(group))].filter(text => text !== undefined);
        return texts.length === 0 ? [] : [[group, texts]];
      });
      return {
        doubts: Object.fromEntries(odd.map(([group, texts]) => [group, texts.map(text => `photographs: ${text}`)])),
        warnings: odd.flatMap(([group, texts]) => texts.map(text => `photographs of group ${group}: ${text}`)),
      };
    },
    summary: () =>
      Object.fromEntries(
        sorted(groups).map(([group, recorded]) => {
          const { faces, blank, monochrome, notRed } = recorded;
          return [group, { faces, blank, monochrome, notRed, detail: medianDetail(recorded) ?? null }];
        }),
      ),
  };
}

type Known = readonly (readonly [string, Recorded])[];

function nothingRecorded(): Recorded {
  return { faces: 0, blank: 0, firstBlank: undefined, monochrome: 0, notRed: 0, details: new Uint32Array(BINS) };
}

function count(recorded: Recorded, path: string, statistics: PictureStatistics): void {
  const { contrast, redness, isMonochrome, detail } = statistics;
  recorded.faces++;
  if (contrast < PLAIN || (contrast < NOISE_CONTRAST && detail > NOISE_DETAIL)) {
    recorded.blank++;
    recorded.firstBlank ??= path;
    return;
  }
  if (isMonochrome) recorded.monochrome++;
  else if (redness < 0) recorded.notRed++;
  recorded.details[Math.min(BINS - 1, Math.floor(detail * BINS_A_UNIT))]!++;
}

function blank({ blank, faces, firstBlank }: Recorded): string | undefined {
  return blank === 0
    ? undefined
    : `nothing is to be seen on ${blank} of ${plural(faces, 'face')} (one colour, or weak noise); the first is that of ${firstBlank!}`;
}

function notRed({ faces, blank, monochrome, notRed }: Recorded): string | undefined {
  const coloured = faces - blank - monochrome;
  if (coloured < LEAST || notRed < NOT_RED_SHARE * coloured) return undefined;
  return (
    `red is not the strongest colour of ${notRed} of ${coloured} coloured faces, as it is of skin of every tone: are colour channels exchanged, ` +
    'or are these negatives, photographs in coloured light, or covered faces?'
  );
}

function monochrome(recorded: Recorded, others: Known): string | undefined {
  const share = monochromeShare(recorded);
  const [least] = [...others].sort(([, one], [, other]) => monochromeShare(one) - monochromeShare(other));
  if (least === undefined || share - monochromeShare(least[1]) < MONOCHROME_APART) return undefined;
  return (
    `${percent(share)} of the faces have one colour or none, ${percent(monochromeShare(least[1]))} of those of group ${least[0]}: ` +
    'a model may recognise the recording and not the people'
  );
}

function soft(recorded: Recorded, others: Known): string | undefined {
  const own = medianDetail(recorded);
  const [most] = others
    .map(([group, one]) => ({ group, detail: medianDetail(one) ?? 0 }))
    .sort((one, other) => other.detail - one.detail);
  if (own === undefined || most === undefined || own >= SOFT * most.detail) return undefined;
  return (
    `they show less detail (median ${own.toFixed(2)}) than those of group ${most.group} (${most.detail.toFixed(2)}): ` +
    'are they blurred or enlarged, or are the others noisy?'
  );
}

function negative(correlation: number | undefined): string | undefined {
  if (correlation === undefined) return undefined;
  return `the mean face is light where that of most other groups is dark (correlation ${correlation.toFixed(2)}): are these negatives, or those?`;
}

function monochromeShare({ faces, monochrome, blank }: Recorded): number {
  return faces === blank ? 0 : monochrome / (faces - blank);
}

/** The middle of the bin in which the median lies. */
function medianDetail({ faces, blank, details }: Recorded): number | undefined {
  if (faces === blank) return undefined;
  let below = 0;
  const bin = details.findIndex(inBin => 2 * (below += inBin) >= faces - blank);
  return (bin + 0.5) / BINS_A_UNIT;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function sorted(groups: ReadonlyMap<string, Recorded>): Known {
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

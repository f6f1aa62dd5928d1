import { plural } from '../util/human';
import { pictureStatistics, type PictureStatistics } from './picture-statistics';
import { oppositesAmong } from './opposite-faces';

/** Fewer faces say nothing of how a group was recorded. */
const LEAST = 16;
/** Contrast below which nothing is to be seen: faces have 10 to 85, drawn or real. */
const BLANK = 3;
/** Colour below which a face is grey: coloured ones have at least 10. */
const GREY = 4;
/** From which share of its coloured faces on a group is doubtful: right ones have 0 to 1 % that are bluer than red. */
const BLUE_SHARE = 0.3;
/** By how much shares of grey faces differ between groups that were recorded differently. */
const GREY_APART = 0.5;
/** Groups from different sources, drawn and real, have medians of detail of 0.6 to 1.1. */
const SOFT = 0.5;

const BINS = 400;
const BINS_A_UNIT = 100;

interface Recorded {
  faces: number;
  blank: number;
  firstBlank: string | undefined;
  grey: number;
  blue: number;
  /** Faces that show something, by detail. */
  readonly details: Uint32Array;
}

type PictureSummary = {
  readonly faces: number;
  /** Faces on which nothing is to be seen. */
  readonly blank: number;
  /** Faces without colours. */
  readonly grey: number;
  /** Faces that are bluer than they are red. */
  readonly bluerThanRed: number;
  /** Median; see `PictureStatistics`. Null where nothing is to be seen on any face. */
  readonly detail: number | null;
};

interface OddGroups {
  /** For those who know the group. */
  readonly doubts: Record<string, readonly string[]>;
  /** With the name of the group. */
  readonly warnings: readonly string[];
}

/**
 * Tells by group what is odd about how its photographs were recorded: such a difference makes a model look biased. How light or dark faces
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
        const compared = recorded.faces < LEAST ? [] : [blue(recorded), grey(recorded, others), soft(recorded, others)];
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
          const { faces, blank, grey, blue } = recorded;
          return [group, { faces, blank, grey, bluerThanRed: blue, detail: medianDetail(recorded) ?? null }];
        }),
      ),
  };
}

type Known = readonly (readonly [string, Recorded])[];

function nothingRecorded(): Recorded {
  return { faces: 0, blank: 0, firstBlank: undefined, grey: 0, blue: 0, details: new Uint32Array(BINS) };
}

function count(recorded: Recorded, path: string, { contrast, colour, warmth, detail }: PictureStatistics): void {
  recorded.faces++;
  if (contrast < BLANK) {
    recorded.blank++;
    recorded.firstBlank ??= path;
    return;
  }
  if (colour < GREY) recorded.grey++;
  else if (warmth < 0) recorded.blue++;
  recorded.details[Math.min(BINS - 1, Math.floor(detail * BINS_A_UNIT))]!++;
}

function blank({ blank, faces, firstBlank }: Recorded): string | undefined {
  return blank === 0
    ? undefined
    : `nothing is to be seen on ${blank} of ${plural(faces, 'face')} (all of one grey, but for noise); the first is that of ${firstBlank!}`;
}

function blue({ faces, blank, grey, blue }: Recorded): string | undefined {
  const coloured = faces - blank - grey;
  return coloured < LEAST || blue < BLUE_SHARE * coloured
    ? undefined
    : `${blue} of ${coloured} coloured faces are bluer than they are red, which skin of no tone is: are red and blue exchanged?`;
}

function grey(recorded: Recorded, others: Known): string | undefined {
  const share = greyShare(recorded);
  const [least] = [...others].sort(([, one], [, other]) => greyShare(one) - greyShare(other));
  if (least === undefined || share - greyShare(least[1]) < GREY_APART) return undefined;
  return `${percent(share)} of the faces are grey, ${percent(greyShare(least[1]))} of those of group ${least[0]}: a model may tell the recording and not the people`;
}

function soft(recorded: Recorded, others: Known): string | undefined {
  const own = medianDetail(recorded);
  const medians = others
    .map(([, one]) => medianDetail(one))
    .filter(one => one !== undefined)
    .sort((one, other) => one - other);
  const usual = medians[medians.length >> 1];
  if (own === undefined || usual === undefined || own >= SOFT * usual) return undefined;
  return `they show less detail (median ${own.toFixed(2)}) than those of the other groups (${usual.toFixed(2)}): are they blurred, or small pictures that were enlarged?`;
}

function negative(correlation: number | undefined): string | undefined {
  if (correlation === undefined) return undefined;
  return `the mean face is light where those of the other groups are dark (correlation ${correlation.toFixed(2)}): are they negatives?`;
}

function greyShare({ faces, grey, blank }: Recorded): number {
  return faces === blank ? 0 : grey / (faces - blank);
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

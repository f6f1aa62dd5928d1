import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors';
import { csvLine } from '../../kit/text/csv';
import type { Looked } from '../alignment/align';
import { landmarkJudge, type GroupFindings, type OddRow } from './landmark-judge';
import { rowJudge } from './row-judge';
import type { Landmarks } from '../alignment/template';

/** Share of odd rows from which on they are doubtful beyond the log: of right rows about 1 in 1000 is taken for odd. */
const LEAST_ODD = 0.01;

/** `fail`: a group whose landmarks are in another order ends the work. `warn`: it gets a warning. */
export type OddLandmarksPolicy = 'fail' | 'warn';

interface Photo {
  readonly path: string;
  readonly group: string;
  readonly identity: string;
}

/** Judges landmark rows as they come, and lists the odd ones in a CSV file, which is made with the first. */
export interface OddLandmarks {
  /**
   * Errors with `landmark-order` (`UserError`) as soon as it is clear that a group is wrong.
   * @param image of a photograph that is looked at
   */
  add(photo: Photo, points: Landmarks, image?: Looked): Promise<void>;
  /** Odd rows. */
  readonly total: number;
  /** Errors with `landmark-order` (`UserError`), and says which groups and what would fit. */
  refuse(): void;
  warnings(): string[];
  /** Doubts for an evaluation, by group, without the path of the landmark file: few odd rows are not. */
  doubts(): Record<string, readonly string[]>;
  /** By group: rows, odd ones, the median residual in pixels of a face of 112, and how many faces were looked at. Sorted. */
  summary(): Record<
    string,
    { readonly rows: number; readonly odd: number; readonly medianResidual: number; readonly lookedAt: number }
  >;
  close(): Promise<void>;
}

/** @param fileOf the landmark file of a group, for messages */
export function oddLandmarks(
  csv: string,
  policy: OddLandmarksPolicy,
  fileOf: (group: string) => string | undefined,
): OddLandmarks {
  const judge = landmarkJudge();
  const rowsOfPhotos = rowJudge();
  const first = new Map<string, { readonly photo: Photo; readonly odd: OddRow }>();
  let file: FileHandle | undefined;
  let total = 0;
  const sorted = (): [string, GroupFindings][] => {
    const faces = rowsOfPhotos.findings();
    const all = [...judge.findings()].map(([group, findings]): [string, GroupFindings] => {
      const { mistake = faces.get(group)?.mistake, remark = faces.get(group)?.remark } = findings;
      return [
        group,
        { ...findings, ...(mistake !== undefined && { mistake }), ...(remark !== undefined && { remark }) },
      ];
    });
    return all.sort(([a], [b]) => (a < b ? -1 : 1));
  };
  const doubted = (leastOdd: number): [string, readonly string[]][] =>
    sorted().flatMap(([group, { rows, odd, mistake, remark }]): [string, readonly string[]][] => {
      const texts = [mistake ?? remark].filter(text => text !== undefined);
      if (mistake === undefined && odd > leastOdd * rows)
        texts.push(`${odd} of ${rows} rows look wrong, ${tellFirst(first.get(group)!)}`);
      return texts.length === 0 ? [] : [[group, texts]];
    });
  const about = (group: string, text: string): string => {
    const path = fileOf(group);
    return `landmarks of group ${group}${path === undefined ? '' : ` (${path})`}: ${text}`;
  };
  const refuse = (mistakes: readonly string[]): void => {
    if (policy !== 'fail' || mistakes.length === 0) return;
    throw new UserError(
      `Cannot align faces: ${mistakes.join('\n  ')}\nMend the landmark file, or use these landmarks nevertheless: set oddLandmarks: warn`,
      { code: 'landmark-order' },
    );
  };
  return {
    async add(photo, points, image) {
      const odd = judge.add(photo.group, points, image);
      if (image) rowsOfPhotos.add(photo.group, photo.path, image.thumbnail, points);
      if (odd !== undefined) {
        total++;
        if (!first.has(photo.group)) first.set(photo.group, { photo, odd });
        if (file === undefined) {
          file = await open(csv, 'w');
          await file.appendFile('path,group,identity,residual,would_fit_with,residual_then\n');
        }
        const { path, group, identity } = photo;
        const { residual, reading, residualThen } = odd;
        const fields = [path, group, identity, residual.toFixed(2), reading, residualThen.toFixed(2)];
        await file.appendFile(csvLine(fields));
      }
      const mistake = judge.earlyMistake(photo.group);
      if (mistake !== undefined) refuse([about(photo.group, mistake)]);
    },
    get total() {
      return total;
    },
    refuse: () =>
      refuse(sorted().flatMap(([group, { mistake }]) => (mistake === undefined ? [] : [about(group, mistake)]))),
    warnings: () => doubted(0).flatMap(([group, texts]) => texts.map(text => about(group, text))),
    doubts: () =>
      Object.fromEntries(doubted(LEAST_ODD).map(([group, texts]) => [group, texts.map(text => `landmarks: ${text}`)])),
    summary: () =>
      Object.fromEntries(
        sorted().map(([group, { rows, odd, median }]) => {
          const lookedAt = rowsOfPhotos.findings().get(group)?.lookedAt ?? 0;
          return [group, { rows, odd, medianResidual: median, lookedAt }];
        }),
      ),
    async close() {
      await file?.close();
    },
  };
}

function tellFirst({ photo, odd }: { readonly photo: Photo; readonly odd: OddRow }): string {
  const { residual, reading, residualThen } = odd;
  const then = `${residual.toFixed(1)} px now, ${residualThen.toFixed(1)} px then`;
  return `the first is that of ${photo.path}, which would fit with ${reading} (residual ${then}): see odd-landmarks.csv`;
}

import type { LabelDoubt } from '../../src/datasets/layouts/compare-labels';
import { notOnDisk, type NotOnDisk } from '../../src/datasets/reading/not-on-disk';
import type { ReadingRemarks } from '../../src/datasets/layouts/layout';
import type { Emit } from '../../src/stage-task';
import type { ReadFacesOptions } from './options';

/** What is found to be odd about a data set while it is read. */
export interface Remarks extends ReadingRemarks {
  readonly remark: (text: string) => void;
  readonly missing: NotOnDisk;
  /** Folders that look like groups and are none, with the reason. */
  readonly strangers: ReadonlyMap<string, string>;
  readonly labels: readonly (readonly [group: string, doubt: LabelDoubt])[];
}

export function openRemarks({ groups }: ReadFacesOptions, emit: Emit): Remarks {
  const remark = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const strangers = new Map<string, string>();
  const labels: [group: string, doubt: LabelDoubt][] = [];
  return {
    remark,
    missing: notOnDisk(),
    strangers,
    labels,
    stranger: (group, reason) => {
      // A user who names the groups has excluded the others.
      if (groups === undefined) strangers.set(group, reason);
    },
    label: (group, doubt) => {
      labels.push([group, doubt]);
      remark(`Group ${group}: ${doubt.text}`);
    },
  };
}

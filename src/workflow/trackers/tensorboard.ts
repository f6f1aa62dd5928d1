import { appendFileSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { quietFolder } from '../history/best-effort-folder';
import { scalarsRecord, versionRecord } from './tensorboard-event';
import type { TrackedRun, Tracker, TrackerMember } from './tracker';

export const tensorboard: TrackerMember = {
  summary: 'files for TensorBoard, always written to the folder of the run',
  open: openTensorboard,
};

/**
 * Files for TensorBoard: the numbers that stages report while they work, in `tensorboard/<stage>/` of the run's folder, so that `tensorboard --logdir
 * artifacts/runs` shows all runs beside each other.
 */
function openTensorboard({ history, effects }: TrackedRun): Tracker {
  const folder = quietFolder(history.folder, text => effects.err.write(`${text}\n`));
  const files = new Map<string, string>();

  const fileOf = (stage: string, time: number): string => {
    const known = files.get(stage);
    if (known !== undefined) return known;
    // The form of the name is how TensorBoard knows such files.
    const name = `events.out.tfevents.${Math.floor(time)}.${hostname()}`;
    const path = join(folder.path, 'tensorboard', stage, name);
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, versionRecord(time));
    files.set(stage, path);
    return path;
  };
  return {
    take: event => {
      if (event.type !== 'stage-scalars' || !Number.isSafeInteger(event.step) || event.step < 0) return;
      const time = Date.parse(event.time) / 1000;
      const { step, values } = event;
      folder.attempt(() => appendFileSync(fileOf(event.stage, time), scalarsRecord({ time, step, values })));
    },
    close: () => Promise.resolve(),
  };
}

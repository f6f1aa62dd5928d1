import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { StageEvent } from '../../../src/stage';
import {
  attempt,
  CHECKPOINT,
  copyOf,
  newFolder,
  STEPS,
  textsOf,
  writeToyData,
  type Attempt,
  type ToyData,
} from '../../helpers/resumable-training';
import { ONEDNN_PRECISIONS, TEST_ENGINES } from '../../helpers/usable-engines';

type On = Pick<Attempt, 'engine' | 'precision' | 'replicas'>;

/** Engines that are here, in every precision and with all the replicas that they know. */
const ON: readonly On[] = TEST_ENGINES.flatMap((engine): On[] =>
  engine === 'onednn'
    ? ONEDNN_PRECISIONS.map(precision => ({ engine, precision }))
    : [{ engine }, { engine, replicas: 2 }],
);

/** In the first epoch, at its end, at the start of the next, in the midst of one, and when only the export is left. */
const STOPS = [1, 5, 6, 8, STEPS];

let data: ToyData;
beforeAll(async () => {
  data = await writeToyData();
});

class Killed extends Error {}

/** An attempt with a checkpoint after step `saved`, which dies without another word after step `end`. */
async function killedAttempt(how: Attempt, saved: number, end: number): Promise<void> {
  const died = attempt(data, {
    ...how,
    isDue: asked => asked === saved,
    onEvent: event => {
      if (event.type === 'scalars' && event.step === end) throw new Killed();
    },
  });
  await expect(died).rejects.toBeInstanceOf(Killed);
}

const metricsOf = (events: readonly StageEvent[]): unknown => events.filter(event => event.type === 'metrics');
const named = (on: On): string =>
  [on.engine, on.precision, on.replicas && `${on.replicas} replicas`].filter(Boolean).join(' ');

describe.each(ON.map(on => [named(on), on] as const))('a training on %s', (_, on) => {
  let whole: Awaited<ReturnType<typeof attempt>>;
  beforeAll(async () => {
    whole = await attempt(data, { ...on, checkpoints: await newFolder() });
  });

  test.each(STOPS)('that is killed after the checkpoint of step %i ends with the same bytes', async saved => {
    const how = { ...on, checkpoints: await newFolder() };
    await killedAttempt(how, saved, Math.min(saved + 2, STEPS));
    const again = await attempt(data, how);
    expect(textsOf(again.events, 'resumed')).toEqual([`step ${saved} of ${STEPS}`]);
    expect(again.digests).toEqual(whole.digests);
    expect(metricsOf(again.events)).toEqual(metricsOf(whole.events));
    expect(Object.keys(whole.digests).sort()).toEqual([
      'model/model.json',
      'model/model.onnx',
      'model/trained-on/faces.u64',
      'model/trained-on/identities.u64',
      'model/trained-on/photographs.u64',
      'model/trained-on/teacher-faces.u64',
      'model/trained-on/teacher-identities.u64',
      'model/trained-on/teacher-photographs.u64',
      'model/trained-on/trained-on.json',
      'model/weights.safetensors',
      'training.csv',
    ]);
  });

  test('that is cancelled twice ends with the same bytes', async () => {
    const how = { ...on, checkpoints: await newFolder() };
    for (const [end, kept] of [
      [3, 4],
      [9, 10],
    ] as const) {
      const controller = new AbortController();
      const onEvent = (event: StageEvent): void => {
        if (event.type === 'scalars' && event.step === end) controller.abort(new Error('cancelled by the test'));
      };
      const cancelled = attempt(data, { ...how, signal: controller.signal, onEvent });
      await expect(cancelled).rejects.toThrow('cancelled by the test');
      expect(await readdir(how.checkpoints)).toEqual([CHECKPOINT]);
      const again = await attempt(data, { ...how, checkpoints: await copyOf(how.checkpoints) });
      expect(textsOf(again.events, 'resumed')).toEqual([`step ${kept} of ${STEPS}`]);
      expect(again.digests).toEqual(whole.digests);
    }
  });
});

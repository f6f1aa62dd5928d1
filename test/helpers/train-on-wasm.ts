import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import Ajv from 'ajv';
import { lastValueFrom, toArray } from 'rxjs';
import type { Stage, StageEvent, StageInput } from '../../src/stage';
import { noEarlier } from './no-earlier';
import { startStage } from './start-stage';

export interface Trained {
  readonly folder: string;
  readonly events: readonly StageEvent[];
  /** What model.json says. */
  readonly model: Record<string, unknown>;
}

/** Runs a training stage on wasm with the defaults of its schema filled in. */
export async function trainOnWasm<Options>(
  stage: Stage<Options>,
  given: object,
  inputs: Readonly<Record<string, readonly StageInput[]>>,
): Promise<Trained> {
  const options = { ...given };
  const validate = new Ajv({
    ...{ discriminator: true, useDefaults: true, allowUnionTypes: true },
    keywords: ['family'],
  }).compile(stage.options);
  expect([validate(options), validate.errors]).toEqual([true, null]);
  const folder = await mkdtemp(join(tmpdir(), `fairdistill-${stage.name}-`));
  await mkdir(join(folder, 'model'));
  const events: StageEvent[] = await lastValueFrom(
    startStage(stage, {
      options: options as Options,
      inputs,
      folder,
      output: port => join(folder, port),
      cores: 1,
      engine: 'wasm',
      ...noEarlier(folder),
      signal: new AbortController().signal,
    }).pipe(toArray()),
  );
  const model = JSON.parse(await readFile(join(folder, 'model', 'model.json'), 'utf8')) as Record<string, unknown>;
  return { folder, events, model };
}

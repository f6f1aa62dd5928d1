import { describe, expect, test } from '@jest/globals';
import { EMPTY, lastValueFrom } from 'rxjs';
import type { AnyStage } from '../../../src/stage';
import { here } from '../../../src/workflow/executors/in-process';
import { toyRequest } from '../../helpers/toy-request';
import { say } from '../../helpers/toy-stages';

describe('in-process', () => {
  const work = async (body: AnyStage['body'], signal: AbortSignal): Promise<unknown> => {
    const request = await toyRequest('say');
    return lastValueFrom(here.run({ ...request, stage: { ...say, body } }, signal), { defaultValue: 'done' });
  };

  test('begins nothing when it was told to end while the body was loaded', async () => {
    const stopping = new AbortController();
    let begun = false;
    const body: AnyStage['body'] = async () => {
      await Promise.resolve();
      stopping.abort();
      return { run: () => ((begun = true), EMPTY) };
    };
    await expect(work(body, stopping.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect(begun).toBe(false);
  });

  test('fails with what loading the body failed with', async () => {
    const body: AnyStage['body'] = () => Promise.reject(new Error("Cannot find module 'sharp'"));
    await expect(work(body, new AbortController().signal)).rejects.toThrow("Cannot find module 'sharp'");
  });
});

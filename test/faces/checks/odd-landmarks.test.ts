import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { oddLandmarks, type OddLandmarks } from '../../../src/faces/checks/odd-landmarks';
import { arcfaceTemplate } from '../../../src/faces/alignment/template';

const RIGHT = Array.from(arcfaceTemplate(112), value => value + 20);
/** The mouth corners exchanged. */
const WRONG = [0, 1, 2, 4, 3].flatMap(i => RIGHT.slice(2 * i, 2 * i + 2));

async function judged(rows: number, wrong: number): Promise<OddLandmarks> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-odd-'));
  const odd = oddLandmarks(join(folder, 'odd.csv'), 'fail', () => undefined);
  for (let i = 0; i < rows; i++)
    await odd.add({ path: `${i}.jpg`, group: 'A', identity: 'a' }, i < wrong ? WRONG : RIGHT);
  await odd.close();
  return odd;
}

describe('oddLandmarks()', () => {
  test.each([
    [1, 300],
    [3, 300],
  ])('%d odd rows of %d are in the log alone: as many right ones are taken for odd', async (wrong, rows) => {
    const odd = await judged(rows, wrong);
    expect(odd.warnings()).toEqual([expect.stringContaining(`${wrong} of ${rows} rows look wrong`)]);
    expect(odd.doubts()).toEqual({});
  });

  test.each([
    [4, 300],
    [1, 20],
  ])('%d of %d are a doubt of the group', async (wrong, rows) => {
    const odd = await judged(rows, wrong);
    expect(odd.doubts()).toEqual({
      A: [expect.stringMatching(`^landmarks: ${wrong} of ${rows} rows look wrong, the first is that of 0.jpg`)],
    });
  });

  test('says nothing of right rows', async () => {
    const odd = await judged(40, 0);
    expect([odd.warnings(), odd.doubts(), odd.total]).toEqual([[], {}, 0]);
  });
});

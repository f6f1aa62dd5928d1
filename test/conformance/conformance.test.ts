import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EngineName } from '../../src/learning/engines';
import { onednn } from '../../src/learning/engines/onednn/index';
import { bundleSuite } from './bundle';
import { EXCLUSIONS } from './exclusions';
import { inWords, judge } from './judge';
import { runSuite } from './run-suite';

/** Built only where a compiler and the library are; everything else runs everywhere. */
const ONEDNN = onednn.find(tmpdir());

const LONGEST_MS = 5 * 60_000;

describe("tfjs-core's own specs", () => {
  let bundle: string;

  beforeAll(async () => {
    bundle = await bundleSuite();
    if (!ONEDNN.usable) print(`conformance onednn: left out, ${ONEDNN.missing ?? 'it cannot be used here'}`);
  }, LONGEST_MS);

  afterAll(() => rmSync(bundle, { force: true }));

  // 4,227 and 4,225 of tfjs-core 4.22: two are for the backend `cpu` alone.
  test.each<[EngineName, number]>([
    ['cpu', 4227],
    ['wasm', 4225],
    ...(ONEDNN.usable ? [['onednn', 4225] satisfies [EngineName, number]] : []),
  ])(
    'pass on the engine %s, but for its exclusions',
    async (engine, specs) => {
      const result = await runSuite(bundle, engine);
      if ('unavailable' in result) throw new Error(result.unavailable);
      const verdict = judge(result.specs, EXCLUSIONS[engine]);
      print(inWords(engine, verdict));
      expect(verdict.problems).toEqual([]);
      expect(verdict.run + verdict.excluded).toBe(specs);
    },
    LONGEST_MS,
  );
});

/** Past jest, which would add the place of each line. */
function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** `npm run conformance -- [engine …]`: without engines, those that run on every machine, and onednn where it is built. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ENGINES, type EngineName } from '../../src/learning/engines';
import { onednn } from '../../src/learning/engines/onednn/index';
import { bundleSuite } from './bundle';
import { EXCLUSIONS } from './exclusions';
import { inWords, judge } from './judge';
import { runSuite } from './run-suite';

async function main(args: readonly string[]): Promise<number> {
  const wanted = ENGINES.names.filter(name => args.includes(name));
  if (wanted.length < args.length) {
    print(
      `Choose engines for the conformance suite: "${args.join(' ')}" found, some of ${ENGINES.names.join(', ')} wanted`,
    );
    return 2;
  }
  const bundle = await bundleSuite();
  let [passed, failed] = [0, 0];
  try {
    for (const engine of wanted.length > 0 ? wanted : usual()) {
      const outcome = await report(bundle, engine);
      passed += outcome.passed;
      failed += outcome.failed;
    }
  } finally {
    rmSync(bundle, { force: true });
  }
  print(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function usual(): readonly EngineName[] {
  const { usable, missing } = onednn.find(tmpdir());
  if (!usable) print(`conformance onednn: left out, ${missing ?? 'it cannot be used here'}`);
  return usable ? ['cpu', 'wasm', 'onednn'] : ['cpu', 'wasm'];
}

async function report(bundle: string, engine: EngineName): Promise<{ passed: number; failed: number }> {
  const result = await runSuite(bundle, engine);
  if ('unavailable' in result) {
    print(`conformance ${engine}: does not start here: ${result.unavailable}`);
    return { passed: 0, failed: 1 };
  }
  const verdict = judge(result.specs, EXCLUSIONS[engine]);
  print(inWords(engine, verdict));
  for (const problem of verdict.problems) print(`  ${problem}`);
  return { passed: verdict.passed, failed: verdict.problems.length };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    print(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);

import { verifyStore, type StoredKind, type VerifyReport } from '../../workflow/store/upkeep/verify';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { formatBytes, formatSeconds, plural } from '../../kit/text/human';
import { openExistingStore } from '../shared/store-view';
import { printable } from '../../kit/text/printable';

export interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly artifacts: string;
}

/** `pipeline verify`: reads everything that is stored. Returns the exit code: 6 when something was damaged. */
export async function verifyCommand({ json, artifacts }: VerifyCommandOptions, effects: Effects): Promise<number> {
  const { out, err, now } = effects;
  const store = await openExistingStore(artifacts, effects);
  const started = now();
  let told = started;
  const report = await verifyStore(store, {
    repair: true,
    onProgress: ({ done, total, kind }) => {
      if (json === true || now() - told < 1000) return;
      told = now();
      err.write(`${done} of ${total} checked, now the ${NAMES[kind]}s\n`);
    },
  });
  if (json === true) out.write(`${JSON.stringify({ kind: 'fairdistill-verification', format: 1, ...report })}\n`);
  else out.write(printable(verifyText(report, (now() - started) / 1000)));
  return report.problems.length === 0 ? EXIT.done : EXIT.storage;
}

/** Names of the kinds for people. */
const NAMES: Readonly<Record<StoredKind, string>> = {
  object: 'object',
  pictures: 'picture set',
  action: 'action',
  verified: 'file-time record',
  checkpoint: 'checkpoint',
  lease: 'lease',
  code: 'module list',
  fingerprint: 'fingerprint',
  run: 'run',
};

function verifyText({ checked, bytes, problems, outdated, strangers }: VerifyReport, seconds: number): string {
  const counts = Object.entries(checked).filter(([, count]) => count > 0);
  const sentence = (found: string): string => found.replace(/\.?$/, '');
  return [
    `checked ${counts.map(([kind, count]) => plural(count, NAMES[kind as StoredKind])).join(', ') || 'an empty store'}: ${formatBytes(bytes)} in ${formatSeconds(seconds)}`,
    ...problems.map(({ path, found, movedTo }) =>
      movedTo === null
        ? `damaged  ${path}: ${sentence(found)}`
        : `damaged  ${path}: ${sentence(found)}; moved to ${movedTo}`,
    ),
    ...strangers.map(path => `stranger  ${path} does not belong to the store and was left in place`),
    ...(outdated.length > 0
      ? [
          `${plural(outdated.length, 'object')} of earlier versions, which nothing reads any more; pipeline gc removes them once they are old enough, pipeline gc --keep-for 0s at once`,
        ]
      : []),
    problems.length === 0
      ? 'no damage found'
      : `${plural(problems.length, 'problem')}; the next run makes the results that it needs again`,
    '',
  ].join('\n');
}

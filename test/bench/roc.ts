/**
 * Time and largest resident memory of the exact ROC of many pairs, with AUC, EER and TAR: `npm run bench:roc -- [--pairs=15700000] [--genuine=20000]`. By default as
 * many as IJB-C compares. Scores are normal, drawn as they are needed.
 */
import { resourceUsage } from 'node:process';
import { seededRandom } from '../../src/kit/math/random';
import { METRICS } from '../../src/evaluation/metrics';
import { groupPairs } from '../../src/evaluation/metrics/group-pairs';
import { readOption } from './options';

const PAIRS = readOption('pairs', 15_700_000);
const GENUINE = readOption('genuine', 20_000);

const random = seededRandom(1, 'roc');
const genuine = Uint8Array.from({ length: PAIRS }, (_, i) => Number(i < GENUINE));
const scores = new Float32Array(PAIRS);
for (let i = 0; i < PAIRS; i++) scores[i] = 0.1 * random.normal() + (genuine[i] === 1 ? 0.4 : 0);
const peak = (): number => Math.round(resourceUsage().maxRSS / 1024);

const before = peak();
const start = performance.now();
const pairs = groupPairs({ scores, genuine, folds: genuine });
const points = pairs.roc().fmr.length;
const { auc, eer, 'tar-at-fmr': tar } = METRICS.members;
const [measured] = auc.measure(pairs, {});
eer.measure(pairs, {});
tar.measure(pairs, { fmrs: [0.1, 0.01, 0.001, 0.0001] });
const seconds = (performance.now() - start) / 1000;
process.stdout.write(
  `${PAIRS} pairs, ${points} points: ${seconds.toFixed(1)} s, at most ${peak()} MiB (${before} MiB before), AUC ${measured!.value ?? 'none'}\n`,
);

import { UserError } from '../../errors';
import type { FaceRow, FaceSet } from '../../data/face-set';
import { permutation, seededRandom } from '../../kit/math/random';
import type { Preprocessing } from '../../data/embedding-set';
import { judgeRecogniser, type Alternative, type Examination } from './judge-recogniser';
import type { Recogniser } from './onnx-recogniser';
import { noDirection, notDeterministic } from './recogniser-faults';
import { chooseFaces } from '../views/sample-faces';
import { compareSeparation, separation, strangerCosines, type Embedded } from './separation';

export interface ExamineOptions {
  readonly faces: FaceSet;
  /** Of the face set: those that are going to be embedded. */
  readonly rows: AsyncIterable<FaceRow>;
  readonly recogniser: Recogniser;
  readonly signal: AbortSignal;
}

/**
 * Embeds a sample before the work and examines the result: 64 faces once, once more in other company, and once with each other usual
 * preprocessing that neither user nor file excludes (at most 320 views; 64 more of two of them where these leave doubt).
 *
 * Errors with a `UserError` for what is never right: `not-deterministic`, `depends-on-company`, `bad-embedding`. What else looks wrong is
 * in the result, for the caller to refuse or to say.
 */
export async function examineRecogniser({ faces, rows, recogniser, signal }: ExamineOptions): Promise<Examination> {
  const { first, more } = await chooseFaces(rows);
  const { preprocessing } = recogniser;
  const embed = (chosen: readonly FaceRow[], how: Preprocessing = preprocessing): Promise<Float32Array[]> => {
    signal.throwIfAborted();
    return embedRaw(faces, chosen, recogniser, how);
  };
  const raw = await embed(first);
  const stated = unit(raw, first);
  refuseBad(raw, stated, first, recogniser);
  await refuseCompany(first, raw, recogniser, embed);
  const cosines = strangerCosines(stated);
  const isAlike = cosines.length >= 3 && median(cosines) > ALIKE;
  const tried = isAlike ? everyOther(preprocessing) : openQuestions(recogniser);
  const alternatives: Alternative[] = [];
  for (const other of isAlike || hasPairs(first) ? tried : []) {
    const embedded = unit(await embed(first, other), first);
    let comparison = compareSeparation(stated, embedded);
    // More faces show whether it is better by chance.
    if (more.length > 0 && comparison.other > comparison.stated && !isAlike) {
      const [own, its] = [unit(await embed(more), more), unit(await embed(more, other), more)];
      comparison = compareSeparation(both(stated, own), both(embedded, its));
    }
    alternatives.push({ ...comparison, preprocessing: other, strangers: median(strangerCosines(embedded)) });
  }
  return judgeRecogniser({
    recogniser,
    faces: first.length,
    people: new Set(stated.people).size,
    isConstant: isConstant(raw, first),
    isProbability: raw.length > 1 && raw.every(isProbability),
    hasUnitNorm: raw.length > 0 && raw.every(vector => Math.abs(norm(vector) - 1) < 1e-4),
    strangers: { pairs: cosines.length, lowest: cosines[0] ?? null, median: cosines.length ? median(cosines) : null },
    separation: finite(separation(stated)),
    isAlike,
    alternatives,
  });
}

/** Different people are hardly ever so alike: those of an untrained network have cosines below 0.97, those of one that is given wrongly scaled pixels above 0.999. */
const ALIKE = 0.99;

/** Fewer people with two faces say nothing about a small difference. */
const PEOPLE = 12;

function hasPairs(chosen: readonly FaceRow[]): boolean {
  const seen = new Map<string, number>();
  for (const face of chosen) seen.set(personOf(face), (seen.get(personOf(face)) ?? 0) + 1);
  return [...seen.values()].filter(count => count > 1).length >= PEOPLE;
}

/** Other preprocessing that neither who trained the model nor its graph excludes. */
function openQuestions({ preprocessing, sources }: Recogniser): Preprocessing[] {
  const isOpen = (source: string): boolean => source === 'default' || source === 'option';
  return [
    ...(isOpen(sources.channels) ? [otherChannels(preprocessing)] : []),
    ...(isOpen(sources.mean) && isOpen(sources.scale) ? otherRanges(preprocessing) : []),
  ];
}

function everyOther(preprocessing: Preprocessing): Preprocessing[] {
  return [otherChannels(preprocessing), ...otherRanges(preprocessing)];
}

function otherChannels(preprocessing: Preprocessing): Preprocessing {
  return { ...preprocessing, channels: preprocessing.channels === 'RGB' ? 'BGR' : 'RGB' };
}

/** -1..1, 0..255 and 0..1, without the stated one. */
function otherRanges(preprocessing: Preprocessing): Preprocessing[] {
  const { mean, scale } = preprocessing;
  const usual = [
    [127.5, 127.5],
    [0, 1],
    [0, 255],
  ] as const;
  return usual
    .filter(([m, s]) => Math.abs(m - mean) > 10 || Math.max(s, scale) / Math.min(s, scale) > 1.2)
    .map(([m, s]) => ({ ...preprocessing, mean: m, scale: s }));
}

/** A vector a face; the pixels are read again. */
async function embedRaw(
  faces: FaceSet,
  chosen: readonly FaceRow[],
  recogniser: Recogniser,
  how: Preprocessing,
): Promise<Float32Array[]> {
  const { dim } = recogniser;
  const views = [];
  for (const { row } of chosen) {
    const pixels = new Uint8Array(faces.size * faces.size * 3);
    await faces.readPixels(row, pixels);
    views.push({ pixels, mirrored: false });
  }
  const into = new Float32Array(chosen.length * dim);
  await recogniser.embedAs(how, views, into);
  return chosen.map((_, i) => into.slice(i * dim, (i + 1) * dim));
}

/** Float32 sums in another order differ by less; a batch that counts differs by much more. */
const TOLERANCE = 1e-3;

async function refuseCompany(
  chosen: readonly FaceRow[],
  raw: readonly Float32Array[],
  { file }: Recogniser,
  embed: (chosen: readonly FaceRow[]) => Promise<Float32Array[]>,
): Promise<void> {
  if (chosen.length === 0) return;
  // Others beside it, at another place, and one less.
  const order = [...permutation(chosen.length, seededRandom(0, 'other company'))].slice(
    0,
    Math.max(1, chosen.length - 1),
  );
  const again = await embed(order.map(i => chosen[i]!));
  const worst = largest(order.map((from, i) => difference(raw[from]!, again[i]!)));
  if (!(worst > TOLERANCE)) return;
  const repeated = await embed(chosen);
  const chance = largest(chosen.map((_, i) => difference(raw[i]!, repeated[i]!)));
  const numbers = (found: number): string => `the two differ by up to ${percent(found)} of their length`;
  if (chance > TOLERANCE) {
    throw notDeterministic(
      file,
      `the same face gives another embedding every time (${numbers(chance)})`,
      'as with Dropout or batch normalisation in training mode',
    );
  }
  throw new UserError(
    `Cannot use ${file}: the embedding of a face depends on the other faces of its batch (${numbers(worst)}), as with batch ` +
      'normalisation in training mode or a normalisation over the batch; export the model to ONNX in evaluation mode (PyTorch: ' +
      'model.eval()), or set `batch: 1`, with which every face is alone, where the model does not fix that number',
    { code: 'depends-on-company' },
  );
}

function difference(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares) / norm(a);
}

function refuseBad(
  raw: readonly Float32Array[],
  { vectors }: Embedded,
  chosen: readonly FaceRow[],
  { file }: Recogniser,
): void {
  const bad = raw.flatMap((vector, i) => (vectors[i]!.every(Number.isFinite) ? [] : [{ vector, face: chosen[i]! }]));
  const [one] = bad;
  if (!one) return;
  const share = `${bad.length} of ${chosen.length} faces of a sample`;
  throw noDirection(norm(one.vector), `face ${one.face.row} (${one.face.path}) with ${file} (${share})`);
}

function unit(raw: readonly Float32Array[], chosen: readonly FaceRow[]): Embedded {
  return {
    vectors: raw.map(vector => {
      const length = norm(vector);
      return vector.map(value => value / length);
    }),
    people: chosen.map(personOf),
  };
}

function both(a: Embedded, b: Embedded): Embedded {
  return { vectors: [...a.vectors, ...b.vectors], people: [...a.people, ...b.people] };
}

function personOf({ domain, group, identity }: FaceRow): string {
  return `${domain}/${group}/${identity}`;
}

/** All faces that differ give one vector. */
function isConstant(raw: readonly Float32Array[], chosen: readonly FaceRow[]): boolean {
  if (new Set(chosen.map(({ key }) => key)).size < 2) return false;
  return raw.every(vector => difference(raw[0]!, vector) < 1e-6);
}

function isProbability(vector: Float32Array): boolean {
  const sum = vector.reduce((total, value) => total + value, 0);
  return vector.length > 1 && Math.abs(sum - 1) < 1e-3 && vector.every(value => value >= 0);
}

function norm(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

/** Of ascending numbers; NaN when there are none. */
function median(sorted: ArrayLike<number>): number {
  return sorted.length === 0 ? NaN : sorted[Math.floor(sorted.length / 2)]!;
}

/** `20 %`, `0.27 %` */
function percent(share: number): string {
  return `${share >= 0.1 ? Math.round(100 * share) : Number((100 * share).toPrecision(2))} %`;
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

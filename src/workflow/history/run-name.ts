import { ADJECTIVES, ANIMALS } from './words';

/**
 * Id of a run: the UTC time of its start, so that names sort by age, and two words that people can say to each other: `20261124-101500-amber-otter`.
 * `random`: at least 8 hexadecimal digits, which choose the words. Two runs can get the same id; the caller notices when it makes the folder, and
 * tries again with other digits.
 */
export function runId(now: number, random: string): string {
  const [date, time] = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `${date!}-${time!}-${wordsOf(random)}`;
}

/** The words of an id: `amber-otter`. An id of another shape is its own name. */
export function runName(id: string): string {
  return /^\d{8}-\d{6}-(.+)$/.exec(id)?.[1] ?? id;
}

/** Whether a name of a folder can be a run's. */
export function isRunId(name: string): boolean {
  return /^\d{8}-\d{6}-[a-z]+-[a-z]+$/.test(name);
}

function wordsOf(random: string): string {
  const number = Number.parseInt(random.slice(0, 8), 16);
  if (!Number.isSafeInteger(number)) throw new Error(`Internal error: ${random} is not hexadecimal`);
  const adjective = ADJECTIVES[number % ADJECTIVES.length]!;
  return `${adjective}-${ANIMALS[Math.floor(number / ADJECTIVES.length) % ANIMALS.length]!}`;
}

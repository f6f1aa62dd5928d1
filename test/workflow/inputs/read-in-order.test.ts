import { describe, expect, test } from '@jest/globals';
import { FILES_AT_A_TIME } from '../../../src/workflow/inputs/hash-files';
import type { ListedFile } from '../../../src/workflow/inputs/list-files';
import { readInOrder } from '../../../src/workflow/inputs/read-in-order';

const FILES = 20 * FILES_AT_A_TIME + 7;

function* files(onNext: () => void, bytes = 1): Generator<ListedFile> {
  for (let index = 0; index < FILES; index++) {
    onNext();
    yield { path: String(index), absolute: '', bytes, stat: '', changed: 0, ...(index % 10 === 0 && { isName: true }) };
  }
}

const digest = ({ path, isName }: ListedFile): string => (isName ? '' : `digest ${path}`);

describe('readInOrder()', () => {
  test('gives every file once, in order, with what is known and what was read', async () => {
    const taken: [string, string][] = [];
    const isKnown = ({ path }: ListedFile): boolean => Number(path) % 3 === 0;
    const read: string[] = [];
    await readInOrder(
      files(() => undefined),
      { digestOf: file => (isKnown(file) ? digest(file) : undefined) },
      {
        questionsAtOnce: 3,
        digestsOf: asked => {
          read.push(...asked.map(({ path }) => path));
          return Promise.resolve(asked.map(digest));
        },
      },
      (some, digests) => void taken.push(...some.map(({ path }, i): [string, string] => [path, digests[i]!])),
    );
    const all = [...files(() => undefined)];
    expect(taken).toEqual(all.map(file => [file.path, digest(file)]));
    expect(read).toEqual(all.filter(file => !file.isName && !isKnown(file)).map(({ path }) => path));
  });

  test('is never further ahead of what was taken than the hasher can be asked at once', async () => {
    let [listed, taken, ahead] = [0, 0, 0];
    await readInOrder(
      files(() => {
        listed++;
        ahead = Math.max(ahead, listed - taken);
      }),
      { digestOf: () => undefined },
      { questionsAtOnce: 2, digestsOf: asked => Promise.resolve(asked.map(digest)) },
      some => void (taken += some.length),
    );
    expect(taken).toBe(FILES);
    // One file more shows that a part is full.
    expect(ahead).toBeLessThanOrEqual(2 * FILES_AT_A_TIME + 1);
  });

  test('asks for large files by their size', async () => {
    const asked: number[] = [];
    await readInOrder(
      files(() => undefined, 1 << 22),
      { digestOf: () => undefined },
      {
        questionsAtOnce: 2,
        digestsOf: some => {
          asked.push(some.length);
          return Promise.resolve(some.map(digest));
        },
      },
      () => undefined,
    );
    expect(Math.max(...asked)).toBe(4);
  });
});

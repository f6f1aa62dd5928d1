import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Dataset, Layout, Photograph, ReadingRemarks } from '../../src/datasets/layouts/layout';
import { put, temporaryFolder } from '../helpers/photo-folder';

/** A folder that is laid out in one way and no other. */
export interface LayoutExample {
  readonly split: string;
  /** Paths of its files, with what text files hold. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths of the photographs by identity by group. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Number of pairs by group; groups without are left out. */
  readonly pairs: Readonly<Record<string, number>>;
  /** A file below the root that reading does not look at. */
  readonly beside: string;
}

/** What every layout keeps to. @param others examples of all other layouts, by their names */
export function checkLayout(
  name: string,
  layout: Layout,
  example: LayoutExample,
  others: Readonly<Record<string, LayoutExample>>,
): void {
  const { split, files, groups, pairs, beside } = example;

  describe(`layout ${name}`, () => {
    test('recognises its own example, and says for messages what it needs', async () => {
      expect(await layout.recognise(await write(example), split)).toBe(true);
      expect(layout.needs(split)).toMatch(/^\S.{9,}$/);
    });

    test('recognises and opens none of the others', async () => {
      expect(Object.keys(others)).not.toEqual([]);
      for (const other of Object.values(others)) {
        const root = await write(other);
        expect(await layout.recognise(root, other.split)).toBe(false);
        expect(await layout.open(root, { split: other.split })).toBeUndefined();
        expect(await layout.part(root, other.split)).toBeUndefined();
      }
    });

    test('gives groups, identities and photographs of its example', async () => {
      const root = await write(example);
      const dataset = (await layout.open(root, { split }))!;
      expect(dataset).toMatchObject({ root, remarks: [], found: expect.stringMatching(/^\S.{3,}/) as unknown });
      expect(dataset.groups.map(group => group.name)).toEqual(Object.keys(groups).sort());
      const photographs = await photographsOf(dataset);
      const found: Record<string, Record<string, string[]>> = {};
      for (const { group, identity, path, file } of photographs) {
        expect(file).toBe(join(root, path));
        ((found[group] ??= {})[identity] ??= []).push(path);
      }
      expect(found).toEqual(groups);
    });

    test('gives the pairs of its example, of photographs by their paths', async () => {
      const dataset = (await layout.open(await write(example), { split }))!;
      const paths = new Set((await photographsOf(dataset)).map(({ path }) => path));
      const counts: Record<string, number> = {};
      for (const group of dataset.groups) {
        const listed = await group.pairs?.(REMARKS);
        if (listed === undefined) continue;
        counts[group.name] = listed.length;
        expect(listed.filter(({ a, b }) => !paths.has(a) || !paths.has(b))).toEqual([]);
      }
      expect(counts).toEqual(pairs);
    });

    test('counts every file that it reads, and nothing beside it', async () => {
      const root = await write(example);
      const part = (await layout.part(root, split))!;
      const dataset = (await layout.open(root, { split }))!;
      const read = [
        ...(await photographsOf(dataset)).map(({ path }) => path),
        ...dataset.groups.flatMap(group => Object.values(group.files).map(file => file.slice(root.length + 1))),
      ];
      expect(read.map(path => [path, part.takes(path, false)])).toEqual(read.map(path => [path, 'all']));
      expect([...new Set(read)].sort()).toEqual(Object.keys(files).sort());
      expect(part.takes(beside, false)).toBe('none');
    });

    test('does not recognise an empty folder, one that is not there, or a file', async () => {
      const root = await temporaryFolder('empty');
      const file = await put(root, 'notes.txt', '');
      for (const place of [root, join(root, 'gone'), file]) {
        expect(await layout.recognise(place, split)).toBe(false);
        expect(await layout.open(place, { split })).toBeUndefined();
      }
    });

    test('says that a folder cannot be listed', async () => {
      const root = join(await temporaryFolder('loop'), 'loop');
      await symlink(root, root);
      const refusal = {
        code: 'missing-folder',
        message: expect.stringContaining(`Cannot list folder ${root}`) as unknown,
      };
      await expect(layout.recognise(root, split)).rejects.toMatchObject(refusal);
      await expect(layout.open(root, { split })).rejects.toMatchObject(refusal);
    });
  });
}

async function write({ files }: LayoutExample): Promise<string> {
  const root = await temporaryFolder('layout');
  for (const [path, content] of Object.entries(files)) await put(root, path, content);
  return root;
}

const REMARKS: ReadingRemarks = {
  remark: unexpected,
  missing: { add: unexpected },
  stranger: unexpected,
  label: unexpected,
};

async function photographsOf({ groups }: Dataset): Promise<Photograph[]> {
  const found: Photograph[] = [];
  for (const group of groups) for await (const photograph of group.photographs(REMARKS)) found.push(photograph);
  return found;
}

function unexpected(...told: readonly unknown[]): void {
  throw new Error(`An example must be without fault: ${JSON.stringify(told)}`);
}

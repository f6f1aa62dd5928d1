import { mkdirSync, symlinkSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readSealedJson, sealedText, unseal, writeSealedJson } from '../../../src/kit/files/sealed-json';
import { temporaryFolder } from '../../helpers/rig';

const VALUE = { b: [1, 0.1, -0], a: { c: null, d: 'ü\u2028"', e: true }, seal2: ',"seal":"sha256:' };

describe('unseal()', () => {
  for (const indent of [0, 1, 4]) {
    test(`opens what was sealed with an indent of ${indent}`, () => {
      expect(unseal(sealedText(VALUE, indent))).toEqual({ ...VALUE, b: [1, 0.1, 0] });
      expect(unseal(sealedText({}, indent))).toEqual({});
    });

    test(`notices every change of a byte of a text with an indent of ${indent} that changes what it says`, () => {
      const text = sealedText(VALUE, indent);
      const value = JSON.stringify(unseal(text));
      let noticed = 0;
      for (let index = 0; index < text.length; index++) {
        const other = text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);
        const found = unseal(other);
        // White space may change: it says nothing.
        if (typeof found === 'string') noticed++;
        else expect(JSON.stringify(found)).toBe(value);
      }
      expect(noticed).toBeGreaterThan(0.5 * text.length);
      for (let end = 0; end < text.length - 1; end++) expect(typeof unseal(text.slice(0, end))).toBe('string');
    });
  }

  test('does not mind another layout or order of members', () => {
    const { seal, ...rest } = JSON.parse(sealedText(VALUE)) as Record<string, unknown>;
    expect(unseal(JSON.stringify({ seal, ...Object.fromEntries(Object.entries(rest).reverse()) }, null, 8))).toEqual(
      rest,
    );
  });

  test('says what is wrong with what is no sealed object', () => {
    for (const text of [
      '',
      'null',
      '3',
      '[]',
      '{}',
      '{"seal":1}',
      '{"seal":"sha256:0"}',
      '{"a":1',
      '\0',
      '['.repeat(1e5),
    ]) {
      expect(unseal(text)).toMatch(/^(it|its) /);
    }
  });

  test('takes no second member of a name that is there already', () => {
    const text = sealedText({ a: 1 }, 0);
    expect(typeof unseal(text.replace('{', '{"a":2,'))).toBe('object');
    expect(unseal(text.replace('{', '{"a":2,'))).toEqual({ a: 1 });
    expect(typeof unseal(text.replace(',"seal"', ',"a":2,"seal"'))).toBe('string');
  });

  test('keeps a member with the name of a prototype a plain member', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    for (const indent of [0, 1]) {
      const found = unseal(sealedText(value, indent)) as Record<string, unknown>;
      expect(Object.hasOwn(found, '__proto__')).toBe(true);
      expect(found['polluted']).toBeUndefined();
    }
  });
});

describe('sealedText()', () => {
  test('refuses what JSON cannot hold', () => {
    for (const value of [NaN, Infinity, () => 1, 1n]) expect(() => sealedText({ value })).toThrow(TypeError);
  });

  test('leaves out undefined members, as JSON does', () => {
    expect(unseal(sealedText({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });
});

describe('readSealed() and writeSealed()', () => {
  test('write and read, and leave nothing else', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'x.json');
    expect(readSealedJson(path)).toBeUndefined();
    for (const durable of [true, false]) {
      await writeSealedJson(path, { durable }, join(folder, 'tmp'), { durable });
      expect(readSealedJson(path)).toEqual({ durable });
    }
    expect(await readdir(folder)).toEqual(['x.json']);
    expect(await readFile(path, 'utf8')).toMatch(/^\{\n "durable": false,\n "seal": "sha256:[0-9a-f]{64}"\n\}\n$/);
  });

  test('keep the old file when the new one cannot be written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'x.json');
    await writeSealedJson(path, { a: 1 }, join(folder, 'tmp'));
    await expect(writeSealedJson(path, { a: 2 }, join(folder, 'no', 'tmp'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(writeSealedJson(path, { a: NaN }, join(folder, 'tmp'))).rejects.toThrow(TypeError);
    expect(readSealedJson(path)).toEqual({ a: 1 });
    mkdirSync(join(folder, 'taken'));
    await expect(writeSealedJson(join(folder, 'taken'), { a: 2 }, join(folder, 'tmp'))).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(['taken', 'x.json']);
  });

  test('say what is in the place of a file', async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    await writeFile(join(folder, 'file'), sealedText({ a: 1 }));
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    expect(readSealedJson(join(folder, 'folder'))).toBe('a folder is in its place');
    expect(readSealedJson(join(folder, 'link'))).toBe('a link is in its place');
    expect(readSealedJson(join(folder, 'file', 'x'))).toBe('a file is where its folder should be');
  });
});

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openStore, type Store } from '../../../src/workflow/store/store';
import { verifyStore } from '../../../src/workflow/store/upkeep/verify';
import { keepModules, programLeaves, readModules } from '../../../src/workflow/keys/program';
import { CLOCK, temporaryFolder } from '../../helpers/rig';

const MODULES = { 'src/b': '2', 'src/a': '1' };
const LEAVES = programLeaves({ modules: MODULES, runtime: {} });
const TEXT = '{"src/a":"1","src/b":"2"}';

let store: Store;
let path: string;

beforeEach(async () => {
  store = await openStore(join(await temporaryFolder(), 'artifacts'), CLOCK);
  path = join(store.hidden, 'code', `${createHash('sha256').update(TEXT).digest('hex')}.json`);
  await keepModules(store, MODULES);
});

const quarantined = (): string[] => readdirSync(store.hidden).filter(name => name === 'quarantine');

describe('keepModules()', () => {
  test('keeps them under their own digest, from which they are read', async () => {
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(await readModules(store, LEAVES)).toEqual(MODULES);
    await keepModules(store, MODULES);
    expect(quarantined()).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['other modules', () => writeFileSync(path, TEXT.replace('"1"', '"3"'))],
    ['no JSON', () => writeFileSync(path, TEXT.slice(0, 10))],
    ['null', () => writeFileSync(path, 'null')],
    ['a folder', () => replace(() => mkdirSync(path))],
    ['a link', () => replace(() => symlinkSync('/etc/hostname', path))],
  ])('moves %s in their place to quarantine, and keeps them again', async (_, damage) => {
    damage();
    expect(await readModules(store, LEAVES)).toBeUndefined();
    const report = await verifyStore(store, { repair: false, onProgress: () => undefined });
    expect(report.problems).toMatchObject([{ kind: 'code' }]);
    await keepModules(store, MODULES);
    expect(await readModules(store, LEAVES)).toEqual(MODULES);
    expect(readdirSync(store.quarantine)).toHaveLength(2);
  });

  test('costs no work when they cannot be kept', async () => {
    rmSync(join(store.hidden, 'code'), { recursive: true });
    writeFileSync(join(store.hidden, 'code'), '');
    await keepModules(store, MODULES);
    expect(await readModules(store, LEAVES)).toBeUndefined();
  });
});

function replace(make: () => void): void {
  rmSync(path);
  make();
}

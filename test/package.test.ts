import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { WEBGPU_VERSION } from '../src/learning/engines/webgpu/fix';
import { readSources } from './helpers/sources';

type Versions = Readonly<Record<string, string>>;

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly bin: Versions;
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
  readonly optionalDependencies: Versions;
  readonly peerDependencies: Versions;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly overrides: Versions;
  readonly files: readonly string[];
  readonly scripts: Versions;
}

interface Lock {
  readonly name: string;
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage extends Partial<Package> {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}

const ROOT = join(__dirname, '..');
const PACKAGE = readJson('package.json') as Package;
const LOCK = readJson('package-lock.json') as Lock;
const ALL: Versions = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies, ...PACKAGE.optionalDependencies };
const LOCKED = Object.entries(LOCK.packages).filter(([path]) => path !== '');

describe('package.json', () => {
  test('pins every version exactly', () => {
    const versions = Object.entries({ ...ALL, ...PACKAGE.overrides });
    expect(versions.length).toBeGreaterThan(10);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/.test(version))).toEqual([]);
  });

  test('names each package once', () => {
    const names = [PACKAGE.dependencies, PACKAGE.devDependencies, PACKAGE.optionalDependencies].flatMap(Object.keys);
    expect(names).toHaveLength(new Set(names).size);
  });

  test('is fairdistill under Apache-2.0, for Node 20 and later', () => {
    expect(PACKAGE).toMatchObject({ name: 'fairdistill', license: 'Apache-2.0' });
    expect(PACKAGE.engines.node).toMatch(/^>=20\.\d+$/);
  });

  test('has the command "pipeline", a file that Node can start and that every form of the package has', () => {
    expect(PACKAGE.bin).toEqual({ pipeline: 'bin/pipeline.js' });
    expect(readFileSync(join(ROOT, 'bin/pipeline.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(PACKAGE.files).toEqual(expect.arrayContaining(['bin', 'dist', 'native', 'pipelines']));
  });

  test('installs the engine webgpu for nobody who did not ask, and tests it in the version that `doctor --fix webgpu` installs', () => {
    const { webgpu, '@tensorflow/tfjs-backend-webgpu': backend } = PACKAGE.devDependencies;
    expect(PACKAGE.peerDependencies).toEqual({ webgpu, '@tensorflow/tfjs-backend-webgpu': backend });
    expect(Object.keys(PACKAGE.peerDependenciesMeta).sort()).toEqual(Object.keys(PACKAGE.peerDependencies).sort());
    expect(Object.values(PACKAGE.peerDependenciesMeta)).toEqual([{ optional: true }, { optional: true }]);
    expect([webgpu, backend]).toEqual([WEBGPU_VERSION, PACKAGE.dependencies['@tensorflow/tfjs-core']]);
  });

  test('lists every package that the source imports, and no other among the dependencies', () => {
    const imports = readSources(ROOT, ['src', 'stages']).flatMap(source => source.imports);
    const packages = imports.map(({ target }) => target).filter(target => /^(@[a-z0-9-]+\/)?[a-z0-9-]+$/.test(target));
    // The addon's build, which is no TypeScript, needs the headers of Node.
    const build = readFileSync(join(ROOT, 'native/tools/flags.js'), 'utf8');
    const wanted = new Set([
      ...packages.filter(name => !name.startsWith('node:')),
      ...(build.match(/node-api-headers/) ?? []),
    ]);
    const shipped = { ...PACKAGE.dependencies, ...PACKAGE.optionalDependencies };
    expect([...wanted].filter(name => !(name in shipped))).toEqual([]);
    expect(Object.keys(PACKAGE.dependencies).filter(name => !wanted.has(name))).toEqual([]);
  });
});

describe('scripts', () => {
  test('of packages are not run, and so npm runs none of ours that goes before or after another, or with an installation', () => {
    const automatic = /^(pre|post)|^(install|prepare|prepack)$/;
    expect(Object.keys(PACKAGE.scripts).filter(name => automatic.test(name))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  test('agrees with package.json', () => {
    const { name, version, license, engines, bin, dependencies, devDependencies, optionalDependencies } = PACKAGE;
    expect(LOCK).toMatchObject({ name, lockfileVersion: 3 });
    const fields = { name, version, license, engines, bin, dependencies, devDependencies, optionalDependencies };
    expect(LOCK.packages['']).toMatchObject(fields);
  });

  test('holds the pinned version of every package', () => {
    const locked = Object.keys(ALL).map(name => [name, LOCK.packages[`node_modules/${name}`]?.version]);
    expect(locked.filter(([name, version]) => version !== ALL[name!])).toEqual([]);
  });

  test('has an entry for everything that an entry needs', () => {
    const missing = LOCKED.flatMap(([path, { dependencies = {} }]) =>
      Object.keys(dependencies)
        .filter(name => !findEntry(path, name))
        .map(name => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('names no registry, so that any mirror will do, and has a digest of every package', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
    const unchecked = LOCKED.filter(([, entry]) => entry.link !== true && entry.inBundle !== true && !entry.integrity);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });
});

describe('.npmrc', () => {
  test('keeps registries out of the lock file, versions exact, and installs quiet and without downloads from elsewhere', () => {
    const settings = readFileSync(join(ROOT, '.npmrc'), 'utf8').trim().split('\n');
    expect(settings).toEqual(
      expect.arrayContaining([
        'omit-lockfile-registry-resolved=true',
        'save-exact=true',
        'fund=false',
        'audit=false',
        'update-notifier=false',
        // onnxruntime-node would fetch a CUDA library, tfjs-node-gpu a libtensorflow: what we need comes with the packages.
        'ignore-scripts=true',
      ]),
    );
    // A registry or a token here would break the installation of everybody else.
    expect(settings.filter(setting => /registry=|_auth|token/i.test(setting))).toEqual([]);
  });
});

describe('the repository', () => {
  test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE', '.ci/run'])(
    'has %s',
    path => {
      expect(existsSync(join(ROOT, path))).toBe(true);
    },
  );
});

/** Node looks in the folder of the package, then in those above it. */
function findEntry(path: string, name: string): LockedPackage | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const entry = LOCK.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (entry || folder === '') return entry;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

import { LOG_FILE } from './contents';
import type { Store } from '../layout';
import { readManifest, type Manifest } from './manifest';
import { objectFolder } from './objects';

/** The first file, by path, in which two objects differ; the manifest's own name when their files are equal or unreadable. */
export function firstDifference(store: Store, before: string, after: string): string {
  const [old, young] = [before, after].map(id => digestsOf(readManifest(objectFolder(store, id))));
  const paths = [...new Set([...old!.keys(), ...young!.keys()])].filter(path => path !== LOG_FILE).sort();
  return paths.find(path => old!.get(path) !== young!.get(path)) ?? 'manifest.json';
}

function digestsOf(manifest: Manifest | string): ReadonlyMap<string, string> {
  return new Map(typeof manifest === 'string' ? [] : manifest.files.map(file => [file.path, file.sha256]));
}

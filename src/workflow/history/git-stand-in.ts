import { copyFile, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSmall, type Repository } from './git-repository';

/**
 * Settings by which git compares files, with their allowed values. No other setting of a repository is used: filters, watchers, hooks, pagers,
 * transports, aliases and includes are commands that its author has chosen.
 */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  'core.autocrlf': /^(true|false|input)$/i,
  'core.checkstat': /^(default|minimal)$/i,
  'core.eol': /^(lf|crlf|native)$/i,
  'core.filemode': /^(true|false)$/i,
  'core.ignorecase': /^(true|false)$/i,
  'core.precomposeunicode': /^(true|false)$/i,
  'core.symlinks': /^(true|false)$/i,
  'core.trustctime': /^(true|false)$/i,
  'extensions.objectformat': /^(sha1|sha256)$/i,
  'extensions.refstorage': /^(files|reftable)$/i,
};

/**
 * Makes a folder that stands in for the `.git` of a repository, without its configuration and hooks. Index and objects have to be named by variables.
 * Resolves to its absolute path; it is the caller's to remove. Rejects as the file system does.
 */
export async function makeStandIn({ own, common }: Repository): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-git-'));
  await writeFile(join(folder, 'HEAD'), (await readSmall(join(own, 'HEAD'))) ?? '');
  await mkdir(join(folder, 'info'));
  const here = await readdir(own);
  const shared = own === common ? here : await readdir(common);
  for (const name of ['refs', 'reftable'].filter(each => shared.includes(each))) {
    // Everybody on Windows may make a junction, but not a link.
    await symlink(join(common, name), join(folder, name), process.platform === 'win32' ? 'junction' : 'dir');
  }
  for (const name of ['packed-refs', join('info', 'exclude'), join('info', 'attributes')])
    await copyIfThere(join(common, name), join(folder, name));
  // An index may be kept in two parts.
  for (const name of here.filter(each => /^sharedindex\.[0-9a-f]+$/.test(each)))
    await copyIfThere(join(own, name), join(folder, name));
  return folder;
}

/**
 * Writes the configuration of a stand-in.
 * @param listed the repository's, as `git config --list -z` prints it
 * @param ignored path of the user's own list of files to ignore; empty when there is none
 */
export async function writeSettings(folder: string, listed: string, ignored: string): Promise<void> {
  const settings = listed.split('\0').flatMap(entry => {
    const [name = '', value] = entry.split('\n', 2);
    const isHarmless = Object.hasOwn(HARMLESS, name) && HARMLESS[name]!.test(value ?? 'true');
    return isHarmless ? [{ name, value: value ?? 'true' }] : [];
  });
  const lines = settings.map(({ name, value }) => `[${name.replace('.', ']\n\t')} = ${value}\n`);
  const ours = [
    'repositoryformatversion = 1',
    'bare = false',
    ...(ignored === '' ? [] : [`excludesFile = ${quoted(ignored)}`]),
  ];
  await writeFile(join(folder, 'config'), `[core]\n${ours.map(line => `\t${line}\n`).join('')}${lines.join('')}`);
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  // Checked first, because copying would wait for a pipe.
  if ((await readSmall(from)) !== undefined) await copyFile(from, to);
}

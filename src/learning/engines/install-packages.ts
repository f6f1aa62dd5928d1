import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors';

export interface InstallOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes a line about the progress. */
  readonly say: (line: string) => void;
}

/**
 * Installs packages beside those of fairdistill, exact versions as `name@version`, without their install scripts. npm removes them when it
 * next installs something there. Returns the folder that holds node_modules. Errors with `npm-failed` and the line to type by hand.
 */
export function installPackages(packages: readonly string[], { env, say }: InstallOptions): string {
  const root = join(dirname(require.resolve('@tensorflow/tfjs-core/package.json')), '..', '..', '..');
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  say(`Installing ${packages.join(' and ')}: npm ${args.join(' ')}`);
  // npm is a script there, which only a shell can start. None of the arguments has a character that a shell would read.
  const shell = process.platform === 'win32';
  const { status, stderr, error } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', env, shell });
  if (status === 0) return root;
  throw new UserError(
    `Install ${packages.join(' and ')}: ${error?.message ?? stderr.trimEnd().split('\n').at(-1) ?? ''}; ` +
      `run npm ${args.join(' ')} in ${root} and try again`,
    { code: 'npm-failed' },
  );
}

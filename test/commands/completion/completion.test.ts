import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { completionScript } from '../../../src/commands/completion/completion';
import { temporaryFolder } from '../../helpers/temporary-folder';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const inBash = has('bash') ? test : test.skip;
const inZsh = has('zsh') ? test : test.skip;

function toyProgram(): Command {
  const program = new Command('pipeline').description('Runs pipelines').version('1').helpCommand(true);
  program
    .command('run')
    .description("Runs what isn't there: $(touch hacked)")
    .argument('<file>', 'pipeline file')
    .argument('[stages...]', 'only these')
    .option('--set <name=value>', 'replace a parameter')
    .option('--force [stages...]', 'execute these')
    .option('--json', 'print JSON')
    .option('--artifacts <folder>', 'folder of the results')
    .addOption(new Option('--engine <name>', 'training engine').choices(['auto', 'wasm', "it's"]));
  program.command('explain').argument('<file>', '').argument('<stage>', '').option('--from <stages...>', '');
  program.command('show').argument('<artifact>', '');
  program.command('stages').argument('[name]', '');
  program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh']));
  program.command('secret', { hidden: true });
  return program;
}

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'pipelines'));
  await mkdir(join(folder, 'artifacts'));
  await writeFile(join(folder, 'pipelines', 'kd-mixed.yaml'), '');
  await writeFile(join(folder, 'kept.txt'), '');
  await writeFile(join(folder, 'two words.txt'), '');
  // What `pipeline complete-stages [FILE]` prints.
  const stages = ['mix', 'student', 'student@seed=1,weight=0', 'student@seed=2,weight=0', '$(touch hacked)'];
  await writeFile(
    join(folder, 'bin', 'pipeline'),
    `#!/bin/sh\n[ "$*" != complete-stages ] || { echo align; exit 0; }\n[ "$1 $2" = "complete-stages kd-mixed" ] || exit 1\ncat <<'END'\n${stages.join('\n')}\nEND\n`,
  );
  await chmod(join(folder, 'bin', 'pipeline'), 0o755);
});

describe('completionScript() for bash', () => {
  inBash.each([
    ['pipeline ', ['run', 'explain', 'show', 'stages', 'completion', 'help']],
    ['pipeline r', ['run']],
    ['pipeline secr', []],
    ['pipeline --', ['--version', '--help']],
    ['pipeline run --', ['--set', '--force', '--json', '--artifacts', '--engine', '--help']],
    ['pipeline run --e', ['--engine']],
    ['pipeline run --engine ', ['auto', 'wasm', "it\\'s"]],
    ['pipeline run kd-mixed --engine wa', ['wasm']],
    ['pipeline run --engine=wa', ['wasm']],
    ['pipeline run --engine=', ['auto', 'wasm', "it\\'s"]],
    ['pipeline run --artifacts a', ['artifacts']],
    ['pipeline run k', ['kept.txt', 'kd-mixed']],
    ['pipeline run two', ['two words.txt']],
    ['pipeline run --json k', ['kept.txt', 'kd-mixed']],
    ['pipeline run kd-mixed m', ['mix']],
    ['pipeline run kd-mixed mix student --json m', ['mix']],
    ['pipeline run kd-mixed --set a=b m', ['mix']],
    ['pipeline run kd-mixed --force mix m', ['mix']],
    ['pipeline run kd-mixed student@s', ['seed=1,weight=0', 'seed=2,weight=0']],
    ['pipeline run kd-mixed student@seed=2', ['2,weight=0']],
    ['pipeline run kd-mixed $', ['\\$\\(touch\\ hacked\\)']],
    ['pipeline run other m', []],
    ['pipeline run kd-mixed --set ', []],
    ['pipeline explain kd-mixed m', ['mix']],
    ['pipeline explain kd-mixed mix ', []],
    ['pipeline explain kd-mixed --from m', ['mix']],
    ['pipeline show art', ['artifacts']],
    ['pipeline stages al', ['align']],
    ['pipeline completion ', ['bash', 'zsh']],
    ['pipeline unknown ', []],
  ])('completes %j', (line, expected) => {
    expect(complete(line)).toEqual(expected);
    // Nothing of what was completed has been run.
    expect(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout).not.toContain('hacked');
  });

  inBash('completes in the middle of a line', () => {
    expect(complete('pipeline run --engine wa kd-mixed', 'pipeline run --engine wa'.length)).toEqual(['wasm']);
  });

  inBash('is a program that bash can read under every strict setting', () => {
    const { status, stderr } = spawnSync('bash', ['-eu', '-c', completionScript('bash', toyProgram())], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('completionScript() for zsh', () => {
  test('begins with what zsh looks for', () => {
    expect(completionScript('zsh', toyProgram())).toMatch(/^#compdef pipeline\n/);
  });

  inZsh('is a program that zsh can read, with the candidates of bash', () => {
    const script = completionScript('zsh', toyProgram()).replace(/\nif \[ "\$funcstack[^]*$/, '\n');
    const ask = `${script}\n_pipeline_candidates pipeline run --engine ''`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', ask], { encoding: 'utf8', cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: "auto\nwasm\nit's\n", stderr: '' });
  });
});

/** What bash offers at a place of a line; it cuts words as an interactive one does. */
function complete(line: string, point = line.length): string[] {
  const words = line.slice(0, point).split(/(?:\s+)|(?<=[=@:])|(?=[=@:])/);
  const program = `${completionScript('bash', toyProgram())}
COMP_LINE="$1" COMP_POINT="$2"; shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_pipeline pipeline
[ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program, 'bash', line, String(point), ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
  });
  expect(stderr).toBe('');
  return stdout === '' ? [] : stdout.trimEnd().split('\n');
}

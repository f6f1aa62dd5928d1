'use strict';

/*
 * Runs every command that docs/commands.md names, in order, and puts its output below it, so that the page shows real output.
 *
 *   node tools/record-commands.js        after `npm run build`; takes about a minute, needs bash
 *
 * In the page, `<!-- run: COMMAND -->` is a line of bash whose output follows as a block; `<!-- prepare: COMMAND -->` one whose output does not
 * matter. All run in one new folder; `pipeline` is the built command line.
 */

const { spawnSync } = require('node:child_process');
const { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs', 'commands.md');
const MOST_LINES = 45;
const WIDEST = 160;

const MARK = /^<!-- (run|prepare): (.*) -->\n(?:\n```\n[^]*?\n```\n)?/gm;

function main() {
  const bin = mkdtempSync(join(tmpdir(), 'pipeline-bin-'));
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-docs-'));
  const wrapper = join(bin, 'pipeline');
  writeFileSync(wrapper, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist', 'src', 'cli.js')}" "$@"\n`);
  chmodSync(wrapper, 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' };
  delete env.MLFLOW_TRACKING_URI;
  try {
    const text = readFileSync(PAGE, 'utf8').replace(MARK, (_, kind, command) => {
      const { stdout, status } = spawnSync('bash', ['-c', `{ ${command}\n} 2>&1`], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      process.stdout.write(`${status === 0 ? 'ok' : `exit ${status}`}  ${command}\n`);
      if (kind === 'prepare') return `<!-- prepare: ${command} -->\n`;
      return `<!-- run: ${command} -->\n\n\`\`\`\n${block(command, clean(stdout, folder), status)}\n\`\`\`\n`;
    });
    writeFileSync(PAGE, text);
  } finally {
    rmSync(bin, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

function block(command, output, status) {
  const lines = output.trimEnd().split('\n');
  const shown = lines.slice(0, MOST_LINES).map(line => (line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line));
  const left = lines.length - shown.length;
  return [
    `$ ${command}`,
    ...shown,
    ...(left > 0 ? [`[${left} more lines]`] : []),
    ...(status === 0 ? [] : [`[exit code ${status}]`]),
  ].join('\n');
}

/** Nothing of this machine's folders. */
function clean(output, folder) {
  return output.replaceAll(folder, '/home/you/study').replaceAll(ROOT, '/home/you/fairdistill');
}

main();

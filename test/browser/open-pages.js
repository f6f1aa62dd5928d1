// Opens pages in headless Chromium and fails on a console error, a request to elsewhere, or a page without tables and plots.
// node test/browser/open-pages.js PAGE.html [PAGE.html …]     CHROMIUM=/path/to/chromium, unless it is on the PATH
const { spawnSync } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-logging=stderr',
  '--dump-dom',
];

function problemsOf(page) {
  const profile = mkdtempSync(join(tmpdir(), 'fairdistill-chromium-'));
  const chromium = process.env.CHROMIUM ?? 'chromium';
  const { status, stdout, stderr, error } = spawnSync(
    chromium,
    [...FLAGS, `--user-data-dir=${profile}`, `file://${resolve(page)}`],
    { encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28 },
  );
  if (error || status !== 0) return [`Chromium did not open it: ${error?.message ?? stderr.slice(-500)}`];
  const problems = stderr.split('\n').filter(line => /CONSOLE/.test(line));
  const count = tag => stdout.split(`<${tag}`).length - 1;
  if (count('table') === 0) problems.push('it shows no table');
  if (count('svg') + count('img') === 0) problems.push('it shows no plot and no picture');
  for (const [, url] of stdout.matchAll(/(?:src|href)="(https?:[^"]*)"/g)) problems.push(`it refers to ${url}`);
  console.log(`${page}: ${count('table')} tables, ${count('svg')} plots, ${count('img')} pictures`);
  return problems;
}

const pages = process.argv.slice(2);
const problems = pages.flatMap(page => problemsOf(page).map(problem => `${page}: ${problem}`));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 || pages.length === 0 ? 1 : 0;

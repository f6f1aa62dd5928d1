import { describe, expect, test } from '@jest/globals';
import { LOGGERS, chooseLogger } from '../../src/loggers';
import type { RunEventBody, RunFinished } from '../../src/pipeline/events';
import { recordingEffects, type Recording } from '../helpers/effects';

const RESULT = {
  key: 'k',
  digest: 'sha256:0',
  folder: '/proj/artifacts/toy/align',
  seconds: 12.34,
  bytes: 10,
  metrics: {},
};
const STARTED: RunEventBody = {
  type: 'run-started',
  pipeline: 'toy',
  file: '/toy.yaml',
  jobs: 1,
  stages: ['align', 'embed'].map(id => ({ id, uses: id, needs: [] })),
};
const BEGUN: RunEventBody = { type: 'stage-started', stage: 'align', uses: 'align-faces', key: 'k' };
const FINISHED: RunEventBody = {
  type: 'stage-finished',
  stage: 'align',
  amount: { done: 2000, unit: 'images' },
  peakMemory: null,
  ...RESULT,
};
const REUSED: RunEventBody = { type: 'stage-reused', ageMs: 185_000, ...RESULT, stage: 'embed' };
const FAILED: RunEventBody = {
  type: 'stage-failed',
  stage: 'embed',
  seconds: 1,
  error: { message: 'Cannot read x.jpg:\nreplace it', code: 'corrupt-image', exit: 1 },
};
const END: RunFinished = {
  type: 'run-finished',
  pipeline: 'toy',
  outcome: 'done',
  exit: 0,
  seconds: 0.42,
  stages: 2,
  reused: 2,
  executed: 0,
  failed: 0,
  notRun: 0,
  headlines: [{ stage: 'embed', text: 'mean accuracy 91.2 %\nSTD 0.8' }],
  folder: '/proj/artifacts/toy',
  overview: '/proj/artifacts/toy/index.html',
  reports: ['/proj/artifacts/toy/report/report.html'],
};

/** What a logger shows of events that are so many seconds apart. */
function show(
  name: keyof typeof LOGGERS,
  events: readonly RunEventBody[],
  { seconds = 1, close = true }: { readonly seconds?: number; readonly close?: boolean } = {},
): Recording {
  const recording = recordingEffects();
  const logger = LOGGERS[name](recording.effects);
  for (const event of events) {
    logger.log({ time: '2026-01-01T00:00:00.000Z', ...event });
    recording.pass(1000 * seconds);
  }
  if (close) logger.close();
  return recording;
}

function progress(done: number, total?: number): RunEventBody {
  return { type: 'stage-progress', stage: 'align', done, unit: 'images', ...(total === undefined ? {} : { total }) };
}

describe('plain()', () => {
  test('writes a line at the start and at the end of a stage', () => {
    expect(show('plain', [STARTED, BEGUN, FINISHED, REUSED]).out()).toBe(
      [
        'pipeline toy',
        '> align  started',
        '✓ align  2,000 images  12.3 s',
        '= embed  reused (made 3 min ago)',
        '',
      ].join('\n'),
    );
  });

  test('writes at most one line of progress in 5 s, with rate and time left', () => {
    const steps = Array.from({ length: 13 }, (_, second) => progress(100 * (second + 1), 2000));
    const lines = show('plain', [STARTED, BEGUN, ...steps])
      .out()
      .split('\n')
      .slice(2, -1);
    expect(lines).toEqual([
      // Five seconds after the start, at 100 a second.
      '  align  500/2,000 images  100/s  15.0 s left',
      '  align  1,000/2,000 images  100/s  10.0 s left',
    ]);
  });

  test('ends with headlines, places and counts, and says when everything was reused', () => {
    expect(show('plain', [END]).out()).toBe(
      [
        '',
        'mean accuracy 91.2 %',
        'STD 0.8',
        '',
        'report     artifacts/toy/report/report.html',
        'artifacts  artifacts/toy/index.html',
        '2 stages: 2 reused, 0 executed in 0.4 s; everything was reused',
        '',
      ].join('\n'),
    );
  });

  test('tells on the error output what failed, in the words of the error', () => {
    const shown = show('plain', [FAILED, { ...END, outcome: 'failed', exit: 1, reused: 0, executed: 1, failed: 1 }]);
    expect(shown.out()).toContain('✗ embed  failed');
    expect(shown.out()).toContain('2 stages: 0 reused, 1 executed, 1 failed in 0.4 s');
    expect(shown.err()).toBe('\nStage "embed" failed:\n  Cannot read x.jpg:\n  replace it\n');
  });

  test('calls a defect a defect, with its stack', () => {
    const error = {
      message: 'x is not a function',
      code: null,
      exit: 1,
      stack: 'TypeError: x is not a function\n at y',
    };
    const shown = show('plain', [{ ...FAILED, error }, END]);
    expect(shown.err()).toContain('this is a defect of fairdistill:\n  TypeError: x is not a function\n   at y');
  });

  test('says after an interruption that the same command goes on', () => {
    const shown = show('plain', [{ ...END, outcome: 'interrupted', exit: 130 }]);
    expect(shown.out()).toContain('interrupted; finished stages are kept; the same command goes on');
  });

  test('lets no text of a stage act on the terminal', () => {
    const text = 'evil \x1b[2J\r name';
    expect(show('plain', [{ type: 'stage-log', stage: 'align', level: 'warn', text }]).out()).not.toMatch(/[\x1b\r]/);
  });
});

describe('terminal()', () => {
  test('draws a bar with count, rate and time left for each running stage, over and over', () => {
    const screen = draw(
      show('terminal', [STARTED, BEGUN, progress(0, 2000), progress(500, 2000)], { close: false }).out(),
    );
    expect(screen).toEqual(['toy', '  align  █████░░░░░░░░░░░░░░░  500/2,000 images  500/s  3.0 s left']);
  });

  test('lets finished stages scroll up as one line each', () => {
    const events = [STARTED, BEGUN, progress(1, 2), FINISHED, REUSED];
    expect(draw(show('terminal', events).out())).toEqual([
      'toy',
      '✓ align  2,000 images  12.3 s',
      '= embed  reused (made 3 min ago)',
    ]);
  });

  test('draws at most 10 times a second, however often a stage tells its progress', () => {
    const often = Array.from({ length: 1000 }, (_, done) => progress(done, 1000));
    const shown = show('terminal', [STARTED, BEGUN, ...often], { seconds: 0.001 });
    // A little over one second passed.
    expect(shown.writes()).toBeLessThanOrEqual(1 + 1 + 11 + 2);
  });

  test('clips lines to the width of the window', () => {
    const recording = recordingEffects({ columns: 20 });
    const logger = LOGGERS.terminal(recording.effects);
    for (const event of [STARTED, BEGUN, progress(123, 1000)]) logger.log({ time: '', ...event });
    recording.pass(100);
    for (const line of draw(recording.out())) expect(line.length).toBeLessThan(20);
  });

  test('hides the cursor and gives it back, also when a run breaks off', () => {
    const shown = show('terminal', [STARTED, BEGUN, progress(1, 2)]).out();
    expect(shown.startsWith('\x1b[?25l')).toBe(true);
    expect(shown.endsWith('\x1b[?25h')).toBe(true);
    expect(draw(shown)).toEqual(['toy']);
  });

  test('begins to count anew when a stage goes on to something else', () => {
    const other: RunEventBody = { type: 'stage-progress', stage: 'align', done: 1, total: 10, unit: 'epochs' };
    const screen = draw(show('terminal', [STARTED, BEGUN, progress(100, 100), other], { close: false }).out());
    expect(screen[1]).toMatch(/1\/10 epochs$/);
  });
});

describe('jsonLines()', () => {
  test('writes one event a line', () => {
    const lines = show('json-lines', [STARTED, END]).out().trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-01-01T00:00:00.000Z', ...STARTED },
      { time: '2026-01-01T00:00:00.000Z', ...END },
    ]);
  });
});

describe('chooseLogger()', () => {
  const chosen = (options: Parameters<typeof recordingEffects>[0], json = false): string => {
    const recording = recordingEffects(options);
    const logger = chooseLogger(recording.effects, { json });
    logger.log({ time: '', ...STARTED });
    logger.close();
    const text = recording.out();
    return text.startsWith('{') ? 'json-lines' : text.includes('\x1b') ? 'terminal' : 'plain';
  };

  test('draws on a terminal only, and not when asked not to', () => {
    expect(chosen({ isTerminal: true })).toBe('terminal');
    expect(chosen({ isTerminal: false })).toBe('plain');
    expect(chosen({ isTerminal: true, env: { NO_COLOR: '1' } })).toBe('plain');
    expect(chosen({ isTerminal: true, env: { NO_COLOR: '' } })).toBe('terminal');
    expect(chosen({ isTerminal: true, env: { CI: 'true' } })).toBe('plain');
    expect(chosen({ isTerminal: true, env: { TERM: 'dumb' } })).toBe('plain');
    expect(chosen({ isTerminal: true }, true)).toBe('json-lines');
  });
});

/** What a terminal shows after the text: knows line ends, carriage returns, "up n" and "erase below". */
function draw(text: string): string[] {
  const lines = [''];
  let row = 0;
  for (const [token] of text.matchAll(/\x1b\[[?\d]*[A-Za-z]|\n|\r|[^\x1b\n\r]+/g)) {
    if (token === '\n') lines[++row] ??= '';
    else if (token === '\x1b[J') lines.splice(row, Infinity, '');
    else if (/^\x1b\[\d+A$/.test(token)) row -= Number(token.slice(2, -1));
    else if (!token.startsWith('\x1b') && token !== '\r') lines[row] = (lines[row] ?? '') + token;
  }
  return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
}

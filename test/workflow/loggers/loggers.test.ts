import { printable } from '../../../src/kit/text/printable';
import { describe, expect, test } from '@jest/globals';
import { LOGGERS, type LoggerName } from '../../../src/workflow/loggers';
import { chooseLogger } from '../../../src/workflow/loggers/choose-logger';
import type { Failure, RunEventBody, RunFinished } from '../../../src/workflow/run/events';
import type { PlannedStep, Reason } from '../../../src/workflow/plan/planned-step';
import { recordingEffects, type Recording } from '../../helpers/effects';

const RUN_FOLDER = '/proj/artifacts/runs/20261124-101500-amber-otter';
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
  format: 1,
  run: '20261124-101500-amber-otter',
  runFolder: RUN_FOLDER,
  pipeline: 'toy',
  file: '/toy.yaml',
  jobs: 1,
  stages: ['align', 'embed'].map(id => ({ id, uses: id, needs: [] })),
};
const BEGUN: RunEventBody = {
  type: 'stage-started',
  stage: 'align',
  uses: 'align-faces',
  key: 'k',
  attempt: 1,
  gpus: [],
};
const FINISHED: RunEventBody = {
  type: 'stage-finished',
  stage: 'align',
  amount: { done: 2000, unit: 'images' },
  peakMemory: null,
  rows: null,
  ...RESULT,
};
const REUSED: RunEventBody = { type: 'stage-reused', ageMs: 185_000, run: 'r', ...RESULT, stage: 'embed' };
const ERROR: Failure = {
  message: 'Cannot read x.jpg:\nreplace it',
  class: 'your data',
  code: 'corrupt',
  exit: 1,
  item: 'x.jpg',
  log: [],
  logFile: null,
  rerun: 'pipeline run toy.yaml embed',
};
const FAILED: RunEventBody = { type: 'stage-failed', stage: 'embed', seconds: 1, attempt: 1, error: ERROR };
const ENDED_BADLY = { outcome: 'failed', exit: 1, reused: 0, executed: 1, failed: 1 } as const;
const END: RunFinished = {
  type: 'run-finished',
  run: '20261124-101500-amber-otter',
  runFolder: RUN_FOLDER,
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
  warnings: [],
};

const WAITING: RunEventBody = {
  type: 'stage-waiting',
  stage: 'align',
  key: 'k',
  holder: { host: 'box', pid: 123, run: '20261124-101400-calm-crab', since: '2026-11-24T10:14:00.000Z' },
};
const TITLE = 'toy  run amber-otter';

/** What a logger shows of events that are so many seconds apart. */
function show(
  name: LoggerName,
  events: readonly RunEventBody[],
  { seconds = 1, close = true }: { readonly seconds?: number; readonly close?: boolean } = {},
): Recording {
  const recording = recordingEffects();
  const logger = LOGGERS.members[name].open(recording.effects);
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
        'pipeline toy  run amber-otter',
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

  test('tells what went wrong after the work was done', () => {
    const warnings = ['the overview is out of date: the disk is full'];
    const event = { ...END, warnings } as RunEventBody;
    expect(show('plain', [event]).out()).toContain('\nwarning: the overview is out of date: the disk is full\n');
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
        'history    artifacts/runs/20261124-101500-amber-otter/report.html',
        '2 stages: 2 reused, 0 executed in 0.4 s; everything was reused',
        '',
      ].join('\n'),
    );
  });

  test('says of which stages headlines are where there are several, and what cells of a matrix say alike once', () => {
    const headlines = [
      { stage: 'align@seed=1', text: 'Doubtful landmarks' },
      { stage: 'align@seed=2', text: 'Doubtful landmarks' },
      { stage: 'report', text: 'mean accuracy 91.2 %\nSTD 0.8' },
    ];
    const text = 'align@seed=1, align@seed=2:\nDoubtful landmarks\n\nreport:\nmean accuracy 91.2 %\nSTD 0.8\n\n';
    expect(show('plain', [{ ...END, headlines }]).out()).toContain(text);
  });

  test('says why a stage runs, in one line, and nothing more about a hit', () => {
    const reason = {
      leaf: 'options.seed',
      before: '1',
      after: '2',
      text: 'options.seed 1 → 2',
      places: [{ file: '/proj/kd.yaml', line: 41, column: 13, text: '2' }],
      chain: ['align', 'options.seed 1 → 2'],
    };
    const input = { ...reason, text: 'input align changed', chain: ['embed', 'align', 'options.seed 1 → 2'] };
    const never: Reason = { ...reason, leaf: 'stage', text: 'never made', places: [], chain: [] };
    const shown = show('plain', [
      planned('first', { state: 'miss', because: [never] }),
      planned('align', { state: 'miss', because: [reason] }),
      planned('embed', { state: 'partial', because: [input, reason, reason] }),
      planned('hit', { state: 'hit', because: [reason] }),
      planned('later', { state: 'pending', because: [reason] }),
      planned('new', { state: 'miss', because: [never] }),
      planned('set', {
        state: 'miss',
        because: [{ ...reason, places: [{ ...reason.places[0]!, line: 0, text: '--set seed=2' }] }],
      }),
    ]);
    expect(shown.out().trimEnd().split('\n')).toEqual([
      '  align  options.seed 1 → 2  kd.yaml:41:13',
      '  embed  input align changed  ← options.seed 1 → 2  kd.yaml:41:13  and 2 more',
      '  new  never made',
      '  set  options.seed 1 → 2  --set seed=2',
    ]);
  });

  test('says for whom a stage waits, what is tried again, what is skipped and which rows were there', () => {
    const shown = show('plain', [
      WAITING,
      { type: 'stage-retry', stage: 'align', attempt: 1, delay: 5, error: { ...ERROR, class: 'out of memory' } },
      { type: 'stage-skipped', stage: 'embed', because: 'align' },
      { type: 'stage-scalars', stage: 'align', step: 1, values: { loss: 1 } },
      { ...FINISHED, rows: { reused: 612_004, total: 640_117 } },
      { ...FINISHED, rows: { reused: 0, total: 5 } },
      { ...FINISHED, amount: { done: 1, unit: 'evaluations' } },
    ]);
    expect(shown.out().trimEnd().split('\n')).toEqual([
      '  align  waits for run calm-crab (pid 123 on box)',
      '! align  attempt 1 failed (out of memory): Cannot read x.jpg:; retries in 5.0 s',
      '- embed  not run: it needs align',
      '✓ align  2,000 images  612,004 of 640,117 rows reused  12.3 s',
      '✓ align  2,000 images  12.3 s',
      '✓ align  1 evaluation  12.3 s',
    ]);
  });

  test('tells on the error output what failed, in one block at the end', () => {
    const log = Array.from({ length: 30 }, (_, line) => `line ${line}`);
    const error = { ...ERROR, log, logFile: '/proj/artifacts/runs/r/stages/embed/log.txt' };
    const shown = show('plain', [
      { ...FAILED, error, attempt: 2 },
      { ...END, ...ENDED_BADLY },
    ]);
    expect(shown.out()).toContain('✗ embed  failed');
    expect(shown.out()).toContain('2 stages: 0 reused, 1 executed, 1 failed in 0.4 s');
    expect(shown.err().split('\n')).toEqual([
      '',
      '1 stage failed:',
      '',
      '✗ embed  your data, in attempt 2',
      '  Cannot read x.jpg:',
      '  replace it',
      '  item: x.jpg',
      '  last 20 lines of its log:',
      ...log.slice(10).map(line => `    | ${line}`),
      '  log: artifacts/runs/r/stages/embed/log.txt',
      '  Run it again: pipeline run toy.yaml embed',
      '',
    ]);
  });

  test('calls a defect a defect, with its stack and what to send', () => {
    const error: Failure = {
      ...ERROR,
      message: 'x is not a function',
      class: 'bug',
      code: null,
      stack: 'TypeError: x is not a function\n at y',
    };
    const shown = show('plain', [{ ...FAILED, error }, END]);
    expect(shown.err()).toContain('✗ embed  a bug in fairdistill\n  TypeError: x is not a function\n   at y');
    expect(shown.err()).toContain('report this, with the files in artifacts/runs/20261124-101500-amber-otter');
  });

  test('shows the first of many failures whole, and the others in a line each', () => {
    const many = Array.from({ length: 100 }, (_, n): RunEventBody => ({ ...FAILED, stage: `cell${n}` }));
    const text = show('plain', [...many, { ...END, ...ENDED_BADLY }]).err();
    expect(text).toContain('100 stages failed:');
    expect(text.match(/Run it again/g)).toHaveLength(6);
    expect(text.match(/^✗ cell/gm)).toHaveLength(100);
  });

  test('says after an interruption how to resume', () => {
    const shown = show('plain', [{ ...END, outcome: 'interrupted', exit: 130 }]);
    expect(shown.out()).toContain('interrupted; finished stages are kept; run the same command again to resume');
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
    expect(screen).toEqual([
      TITLE,
      '  align  █████░░░░░░░░░░░░░░░  500/2,000 images  500/s  3.0 s left',
      '  0 of 2 stages  4.0 s',
    ]);
  });

  test('lets finished stages scroll up as one line each', () => {
    const events = [STARTED, BEGUN, progress(1, 2), FINISHED, REUSED];
    expect(draw(show('terminal', events).out())).toEqual([
      TITLE,
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
    const logger = LOGGERS.members.terminal.open(recording.effects);
    for (const event of [STARTED, BEGUN, progress(123, 1000)]) logger.log({ time: '', ...event });
    recording.pass(100);
    for (const line of draw(recording.out())) expect(line.length).toBeLessThan(20);
  });

  test('shows epoch and loss of a training at 80 columns: the bar shrinks, then the rate and the counts go', () => {
    const barOf = (stage: string): string => {
      const of = { stage, uses: stage, needs: [] };
      const started: RunEventBody = { ...STARTED, stages: [{ id: stage, ...of }] };
      const training = (done: number): RunEventBody => {
        const note = 'epoch 12 of 26, loss 12.34';
        return { type: 'stage-progress', stage, done, total: 96_000, unit: 'images', note };
      };
      const begun = { ...BEGUN, stage } as RunEventBody;
      const events = [started, begun, training(0), training(12_000)];
      return draw(show('terminal', events, { close: false }).out()).at(-1)!;
    };
    const short = barOf('student');
    expect(short).toMatch(/^ {2}student {2}░{6} {2}12,000\/96,000 images {2}7.0 s left {2}epoch 12 of 26, loss 12.34$/);
    expect(short.length).toBeLessThan(80);
    const long = barOf('student-distilled-with-a-long-name');
    expect(long).toMatch(/^ {2}student-distilled-with-a-long-name {2}.*epoch 12 of 26, loss 12.34$/);
    expect(long.length).toBeLessThan(80);
  });

  test('says how far the whole run is, and what is left as earlier runs and progress tell', () => {
    const chain = ['a', 'b', 'c', 'd'].map((id, i, all) => ({
      id,
      uses: id,
      needs: i === 0 || id === 'd' ? [] : [all[i - 1]!],
    }));
    const started: RunEventBody = { ...STARTED, jobs: 2, stages: chain };
    const run = (seconds: Readonly<Record<string, number | null>>): string =>
      draw(
        show('terminal', [started, { type: 'run-expected', seconds }, { ...BEGUN, stage: 'a' }], {
          close: false,
        }).out(),
      ).at(-1)!;
    // a has run for 1 s of 10; then b and c, one after the other; d fits beside them.
    expect(run({ a: 10, b: 20, c: 30, d: 5 })).toBe('  0 of 4 stages  3.0 s  ~59 s left');
    // Two at a time cannot do 100 + 59 s in less than half of it.
    expect(run({ a: 10, b: 20, c: 30, d: 100 })).toBe('  0 of 4 stages  3.0 s  ~1 min 40 s left');
    expect(run({ a: 10, b: 100, c: 30, d: 100 })).toBe('  0 of 4 stages  3.0 s  ~2 min 19 s left');
    // Nobody knows.
    expect(run({ a: 10, b: 20, c: null, d: 5 })).toBe('  0 of 4 stages  3.0 s');
  });

  test('draws without colours where NO_COLOR is set', () => {
    const colours = (env: Readonly<Record<string, string>>): boolean => {
      const recording = recordingEffects({ env });
      const logger = LOGGERS.members.terminal.open(recording.effects);
      for (const event of [STARTED, BEGUN, progress(1, 2), FINISHED, REUSED]) logger.log({ time: '', ...event });
      recording.pass(200);
      expect(draw(recording.out()).join('\n')).toContain('✓ align');

      return /\x1b\[\d*m/.test(recording.out());
    };
    expect(colours({})).toBe(true);
    expect(colours({ NO_COLOR: '1' })).toBe(false);
  });

  test('hides the cursor and gives it back, also when a run breaks off', () => {
    const shown = show('terminal', [STARTED, BEGUN, progress(1, 2)]).out();
    expect(shown.startsWith('\x1b[?25l')).toBe(true);
    expect(shown.endsWith('\x1b[?25h')).toBe(true);
    expect(draw(shown)).toEqual([TITLE]);
  });

  test('shows for whom a stage waits, then how far that is, then what it came to', () => {
    const waiting = draw(show('terminal', [STARTED, WAITING], { close: false }).out());
    expect(waiting.at(-2)).toBe('  align  waits for run calm-crab (pid 123 on box)  1.0 s');
    const further = draw(show('terminal', [STARTED, WAITING, progress(500, 2000)], { close: false }).out());
    expect(further.at(-2)).toBe('  align  █████░░░░░░░░░░░░░░░  500/2,000 images');
    const reused = { ...REUSED, stage: 'align' } as RunEventBody;
    expect(draw(show('terminal', [STARTED, WAITING, progress(500, 2000), reused]).out()).slice(2)).toEqual([
      '= align  reused (made 3 min ago)',
    ]);
  });

  test('takes the bar away from a stage that is tried again, and starts anew', () => {
    const retry: RunEventBody = { type: 'stage-retry', stage: 'align', attempt: 1, delay: 0, error: ERROR };
    const events = [STARTED, BEGUN, progress(500, 2000), retry];
    expect(draw(show('terminal', events, { close: false }).out()).slice(1)).toEqual([
      '! align  attempt 1 failed (your data): Cannot read x.jpg:; retries at once',
    ]);
    const again = draw(show('terminal', [...events, BEGUN], { close: false }).out());
    expect(again.at(-2)).toBe('  align  1.0 s');
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

describe('warn()', () => {
  test.each(['terminal', 'plain', 'json-lines'] as const)('says a line on the error output: %s', name => {
    const recording = recordingEffects();
    LOGGERS.members[name].open(recording.effects).warn('no place \x1b[2J left');
    expect(recording.err()).toMatch(/no place .\[2J left\n$/);
    expect(recording.err()).not.toContain('\x1b');
    expect(draw(recording.out()).join('')).toBe('');
  });

  test('leaves no bar behind on a screen that shows both outputs', () => {
    const recording = recordingEffects();
    const screen: string[] = [];
    const output = { write: (text: string) => void screen.push(text), isTerminal: true, columns: 80 };
    const logger = LOGGERS.members.terminal.open({ ...recording.effects, out: output, err: output });
    for (const event of [STARTED, BEGUN, progress(1, 2)]) logger.log({ time: '', ...event });
    recording.pass(200);
    logger.warn('careful');
    recording.pass(200);
    expect(draw(screen.join(''))).toEqual([
      TITLE,
      '! careful',
      expect.stringContaining('1/2 images'),
      expect.stringContaining('0 of 2 stages'),
    ]);
  });
});

describe('chooseLogger()', () => {
  const chosen = (options: Parameters<typeof recordingEffects>[0], wanted?: LoggerName): string => {
    const recording = recordingEffects(options);
    const logger = chooseLogger(recording.effects, wanted);
    logger.log({ time: '', ...STARTED });
    logger.close();
    const text = recording.out();
    return text.startsWith('{') ? 'json-lines' : text.includes('\x1b') ? 'terminal' : 'plain';
  };

  test('draws on a terminal only, and not when asked not to', () => {
    expect(chosen({ isTerminal: true })).toBe('terminal');
    expect(chosen({ isTerminal: false })).toBe('plain');
    expect(chosen({ isTerminal: true, env: { NO_COLOR: '1' } })).toBe('terminal');
    expect(chosen({ isTerminal: true, env: { NO_COLOR: '' } })).toBe('terminal');
    expect(chosen({ isTerminal: true, env: { CI: 'true' } })).toBe('plain');
    expect(chosen({ isTerminal: true, env: { TERM: 'dumb' } })).toBe('plain');
    expect(chosen({ isTerminal: false }, 'terminal')).toBe('terminal');
    expect(chosen({ isTerminal: true }, 'plain')).toBe('plain');
    expect(chosen({ isTerminal: true }, 'json-lines')).toBe('json-lines');
  });
});

function planned(stage: string, changes: Pick<PlannedStep, 'state' | 'because'>): RunEventBody {
  const plan = { stage, uses: 'say', needs: [], key: 'k', nearest: null, saves: null, expected: null };
  return { type: 'stage-planned', ...plan, ...changes };
}

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

describe('printable()', () => {
  test.each([
    ['two\nlines\twith a tab', 'two\nlines with a tab'],
    ['\u001b[2J\u0007\r\u009b', '\ufffd[2J\ufffd\ufffd\ufffd'],
    // Orders that turn text round, and letters that nobody sees.
    ['a\u202eb\u2066c\u200fd', 'a\ufffdb\ufffdc\ufffdd'],
    ['a\u200bb\ufeffc\u00add\u{e0041}', 'a\ufffdb\ufffdc\ufffdd\ufffd'],
    // Words of Persian and families are joined by these.
    ['می\u200cخواهم 👩\u200d👧', 'می\u200cخواهم 👩\u200d👧'],
  ])('makes %j harmless', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

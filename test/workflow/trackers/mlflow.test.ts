import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CheckedPipeline, CheckedStep } from '../../../src/workflow/configuration/checked-pipeline';
import type { RunEventBody } from '../../../src/workflow/run/events';
import type { Json } from '../../../src/stage';
import { openTrackers } from '../../../src/workflow/trackers/open-trackers';
import { mlflow } from '../../../src/workflow/trackers/mlflow';
import { paramsOf } from '../../../src/workflow/trackers/mlflow-values';
import type { Tracker } from '../../../src/workflow/trackers/tracker';
import { recordingEffects, type Recording } from '../../helpers/effects';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Status and body; `hang` never answers, `close` hangs up. */
type Answer = readonly [status: number, body: object] | 'hang' | 'close';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that records what it is asked and answers as told, by default as MLflow does. */
async function serve(answers: (url: string, nth: number) => Answer | undefined = () => undefined) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const url = request.url!.replace('/api/2.0/mlflow/', '');
      const body = (text === '' ? {} : JSON.parse(text)) as Received['body'];
      received.push({ method: request.method!, url, authorization: request.headers.authorization, body });
      const answer = answers(url, received.length) ?? usual(url);
      if (answer === 'close') request.socket.destroy();
      if (typeof answer === 'string') return;
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
    });
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  return { received, address: `http://127.0.0.1:${port}` };
}

function usual(url: string): Answer {
  if (url.startsWith('experiments/get-by-name')) return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }];
  if (url === 'experiments/create') return [200, { experiment_id: '7' }];
  if (url === 'runs/create') return [200, { run: { info: { run_id: 'abc' } } }];
  return [200, {}];
}

const PIPELINE = pipelineOf({ params: { seed: 3 }, options: { margin: { mean: 0.5 }, widths: [1, 2] } });

function pipelineOf(parts: { params?: Record<string, Json>; options?: Record<string, Json> }): CheckedPipeline {
  const step = { id: 'student@seed=1', options: parts.options ?? {} } as unknown as CheckedStep;
  return {
    name: 'kd mixed',
    file: '/proj/kd.yaml',
    params: parts.params ?? {},
    steps: [step],
  } as unknown as CheckedPipeline;
}

function open(
  address: string,
  env: Record<string, string> = {},
  pipeline = PIPELINE,
): { tracker: Tracker; recording: Recording } {
  const recording = recordingEffects({ env: { MLFLOW_TRACKING_URI: address, ...env } });
  const git = Promise.resolve({ commit: 'c0ffee', branch: 'main', dirty: false, untracked: [], diff: '' });
  const history = { id: '20261124-101500-amber-otter', folder: '/nowhere', git };
  return { tracker: mlflow.open({ pipeline, history, effects: recording.effects })!, recording };
}

const TIME = '2026-11-24T10:15:00.000Z';
const scalars = (step: number): RunEventBody => ({
  type: 'stage-scalars',
  stage: 'student@seed=1',
  step,
  values: { loss: 1 / step },
});
const DONE = { type: 'run-finished', outcome: 'done' } as unknown as RunEventBody;
const finished = (metrics: Record<string, Json>): RunEventBody =>
  ({ type: 'stage-finished', stage: 'student@seed=1', metrics }) as unknown as RunEventBody;

function tell(tracker: Tracker, ...events: readonly RunEventBody[]): void {
  for (const event of events) tracker.take({ time: TIME, ...event });
}

describe('mlflow()', () => {
  test('tells experiment, tags, params, metrics and the end, in this order', async () => {
    const { received, address } = await serve();
    const { tracker, recording } = open(`${address}/`);
    tell(tracker, scalars(1), scalars(2), finished({ loss: 0.25, note: 'text', deep: { a: 1 } }), DONE);
    await tracker.close();
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET experiments/get-by-name?experiment_name=kd%20mixed',
      'POST experiments/create',
      'POST runs/create',
      'POST runs/log-batch',
      'POST runs/log-batch',
      'POST runs/update',
    ]);
    const [, create, run, params, metrics, end] = received.map(({ body }) => body);
    const at = { timestamp: Date.parse(TIME) };
    expect(create).toEqual({ name: 'kd mixed' });
    expect(run).toMatchObject({ experiment_id: '7', run_name: 'amber-otter' });
    expect(run!['tags']).toContainEqual({ key: 'mlflow.source.git.commit', value: 'c0ffee' });
    expect(run!['tags']).toContainEqual({ key: 'fairdistill.run', value: '20261124-101500-amber-otter' });
    expect(params).toEqual({
      run_id: 'abc',
      params: [
        { key: 'params/seed', value: '3' },
        { key: 'student_seed_1/margin.mean', value: '0.5' },
        { key: 'student_seed_1/widths', value: '1, 2' },
      ],
    });
    expect(metrics).toEqual({
      run_id: 'abc',
      metrics: [
        { key: 'student_seed_1/loss', value: 1, step: 1, ...at },
        { key: 'student_seed_1/loss', value: 0.5, step: 2, ...at },
        { key: 'student_seed_1/loss', value: 0.25, step: 2, ...at },
        { key: 'student_seed_1/deep.a', value: 1, step: 2, ...at },
      ],
    });
    expect(end).toMatchObject({ run_id: 'abc', status: 'FINISHED' });
    expect(recording.err()).toBe('');
  });

  test('keeps to what a server takes at once, and loses nothing', async () => {
    const { received, address } = await serve();
    const options = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`option${n}`, 'x'.repeat(2000)]));
    const { tracker } = open(address, {}, pipelineOf({ options }));
    tell(tracker, ...Array.from({ length: 2500 }, (_, n) => scalars(n + 1)), DONE);
    await tracker.close();
    const batches = received.filter(({ url }) => url === 'runs/log-batch').map(({ body }) => body);
    const sizes = batches.map(({ params, metrics }) => [
      (params as unknown[] | undefined)?.length,
      (metrics as unknown[] | undefined)?.length,
    ]);
    expect(sizes.flatMap(([count]) => count ?? [])).toEqual([100, 100, 50]);
    const counts = sizes.flatMap(([, count]) => count ?? []);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2500);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1000);
  });

  test('uses an experiment that is there, also one that another run makes meanwhile', async () => {
    const there = await serve(url =>
      url.startsWith('experiments/get') ? [200, { experiment: { experiment_id: '9' } }] : undefined,
    );
    const race = await serve((url, nth) => {
      if (url === 'experiments/create') return [400, { error_code: 'RESOURCE_ALREADY_EXISTS' }];
      return url.startsWith('experiments/get') && nth > 1 ? [200, { experiment: { experiment_id: '9' } }] : undefined;
    });
    for (const { address, received } of [there, race]) {
      const { tracker, recording } = open(address);
      await tracker.close();
      expect(received.find(({ url }) => url === 'runs/create')?.body).toMatchObject({ experiment_id: '9' });
      expect(recording.err()).toBe('');
    }
  });

  test('says who it is: a token, or a name and a password', async () => {
    const { received, address } = await serve();
    const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    await open(address, { MLFLOW_TRACKING_TOKEN: 'tok' }).tracker.close();
    await open(address, { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'secret' }).tracker.close();
    await open(address.replace('://', '://ann:secret@')).tracker.close();
    await open(address).tracker.close();
    const seen = received.filter(({ url }) => url === 'runs/create').map(({ authorization }) => authorization);
    expect(seen).toEqual(['Bearer tok', basic, basic, undefined]);
  });

  test.each(['done', 'failed', 'interrupted'] as const)('tells how a run ended that is %s', async outcome => {
    const { received, address } = await serve();
    const { tracker } = open(address);
    tell(tracker, { ...DONE, outcome } as RunEventBody);
    await tracker.close();
    const status = { done: 'FINISHED', failed: 'FAILED', interrupted: 'KILLED' }[outcome];
    expect(received.at(-1)?.body).toMatchObject({ status });
  });

  test('tells a server in trouble again what it did not take, and warns once', async () => {
    const { received, address } = await serve((url, nth) =>
      url === 'runs/log-batch' && nth < 6 ? [503, {}] : undefined,
    );
    const { tracker, recording } = open(address);
    tell(tracker, scalars(1));
    await until(() => recording.err() !== '');
    for (let tries = 0; tries < 20 && received.filter(({ url }) => url === 'runs/log-batch').length < 4; tries++) {
      recording.pass(2000);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    tell(tracker, scalars(2), DONE);
    await tracker.close();
    expect(recording.err().trimEnd().split('\n')).toHaveLength(1);
    expect(received.filter(({ url }) => url === 'runs/create')).toHaveLength(1);
    const taken = received.filter(({ url, body }) => url === 'runs/log-batch' && 'metrics' in body);
    expect(taken.flatMap(({ body }) => (body['metrics'] as { step: number }[]).map(({ step }) => step))).toEqual([
      1, 2,
    ]);
  });

  test.each<[string, Answer]>([
    ['is not allowed', [401, { error_code: 'PERMISSION_DENIED' }]],
    ['is asked to go elsewhere', [302, {}]],
    ['gets an answer without sense', [200, { run: 'no' }]],
    ['meets a server in trouble', [500, {}]],
    ['is hung up on', 'close'],
  ])('warns once and lets the run go on when it %s', async (_, answer) => {
    const { received, address } = await serve(() => answer);
    const { tracker, recording } = open(address);
    tell(tracker, scalars(1));
    for (let tries = 0; tries < 5; tries++) {
      recording.pass(60_000);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    tell(tracker, DONE);
    await tracker.close();
    expect(received.length).toBeGreaterThan(0);
    expect(recording.err()).toMatch(/^MLflow rejects the data of this run \(.*\); the run continues\n$/);
  });

  test('does not go on asking a server that says no', async () => {
    const { received, address } = await serve(() => [403, { error_code: 'X\u001b[2J' }]);
    const { tracker, recording } = open(address);
    await until(() => recording.err() !== '');
    const count = received.length;
    recording.pass(600_000);
    tell(tracker, scalars(1), DONE);
    await tracker.close();
    expect(received).toHaveLength(count);
    expect(recording.err()).not.toContain('\u001b');
  });

  test('warns of an address where nobody answers, without the password in it', async () => {
    const { address } = await serve();
    await new Promise(resolve => servers.pop()!.close(resolve));
    const { tracker, recording } = open(address.replace('://', '://ann:secret@'));
    tell(tracker, scalars(1), DONE);
    await tracker.close();
    expect(recording.err()).toContain('ECONNREFUSED');
    expect(recording.err()).not.toMatch(/secret|ann/);
  });

  test('does not show a token, a password or what is sent of them when the server sends them back', async () => {
    const { address } = await serve(() => [
      403,
      { error_code: 'sent BACK-token, pass%20word, pass word, YW5uOnBhc3Mgd29yZA==' },
    ]);
    for (const [at, env] of [
      [address, { MLFLOW_TRACKING_TOKEN: 'BACK-token' }],
      [address.replace('://', '://ann:pass%20word@'), {}],
    ] as const) {
      const { tracker, recording } = open(at, env);
      await tracker.close();
      expect(recording.err()).toContain('(403 sent ');
      expect(recording.err()).not.toMatch('MLFLOW_TRACKING_TOKEN' in env ? /BACK-token/ : /pass%20word|pass word|YW5u/);
    }
  });

  test('takes a line end from the end of a token, and refuses one within it without showing it', async () => {
    const { received, address } = await serve();
    await open(address, { MLFLOW_TRACKING_TOKEN: 'from-a-file\n' }).tracker.close();
    expect(received[0]?.authorization).toBe('Bearer from-a-file');
    const { tracker, recording } = open(address, { MLFLOW_TRACKING_TOKEN: 'two\nlines' });
    expect(tracker).toBeUndefined();
    expect(recording.err()).toMatch(/\(MLFLOW_TRACKING_TOKEN holds a line end.*\); the run continues\n$/);
    expect(recording.err()).not.toMatch(/two|lines/);
  });

  test('takes a percent sign in an address as it is where it encodes nothing', async () => {
    const { received, address } = await serve();
    await open(address.replace('://', '://ann%zz:secret%@')).tracker.close();
    expect(received[0]?.authorization).toBe(`Basic ${Buffer.from('ann%zz:secret%').toString('base64')}`);
  });

  test('does not read an answer without end', async () => {
    let sent = 0;
    const server = createServer((_, response) => {
      const chunk = Buffer.alloc(1 << 16, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
        response.once('drain', more);
      };
      more();
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { tracker, recording } = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await until(() => recording.err() !== '');
    expect(recording.err()).toContain('an answer of more than 1.0 MB');
    await tracker.close();
    // What lies in the buffers of two sockets comes on top.
    expect(sent).toBeLessThan(50_000_000);
  });

  test('ends though a server never answers', async () => {
    const { address, received } = await serve(() => 'hang');
    const { tracker, recording } = open(address);
    tell(tracker, scalars(1), DONE);
    await tracker.close();
    expect(received).toHaveLength(1);
    expect(recording.err()).toContain('it takes too long');
  });

  test('tells a server how the run ended though it is slow to take the curves', async () => {
    const { address, received } = await serve(url => (url === 'runs/log-batch' ? 'hang' : undefined));
    const { tracker, recording } = open(address);
    tell(tracker, scalars(1), DONE);
    await tracker.close();
    expect(received.at(-1)).toMatchObject({ url: 'runs/update', body: { status: 'FINISHED' } });
    expect(recording.err()).toContain('it takes too long');
  });

  test('keeps a bounded number of metrics for a server that is away', async () => {
    let isAway = true;
    const { received, address } = await serve(() => (isAway ? [500, {}] : undefined));
    const { tracker } = open(address);
    for (let step = 1; step <= 50_000; step++) tell(tracker, scalars(step));
    isAway = false;
    tell(tracker, DONE);
    await tracker.close();
    const steps = received.flatMap(({ body }) =>
      ((body['metrics'] as { step: number }[] | undefined) ?? []).map(({ step }) => step),
    );
    expect(steps.length).toBeGreaterThanOrEqual(20_000);
    expect(steps.length).toBeLessThanOrEqual(21_000);
    expect(steps.at(-1)).toBe(50_000);
  });

  test.each([undefined, '', 'databricks', 'file:///tmp/mlruns', 'sqlite:///x.db', 'http://', 'https:// nowhere'])(
    'is not wanted for the address %j',
    address => {
      const { effects } = recordingEffects({ env: address === undefined ? {} : { MLFLOW_TRACKING_URI: address } });
      const history = { id: 'r', folder: '/nowhere', git: Promise.resolve(null) };
      expect(mlflow.open({ pipeline: PIPELINE, history, effects })).toBeUndefined();
      expect(openTrackers({ pipeline: PIPELINE, history, effects })).toHaveLength(1);
    },
  );
});

describe('paramsOf()', () => {
  test('has names that a server takes, all different', () => {
    const params = paramsOf(pipelineOf({ options: { 'a/b': 1, 'a:b': 2, '..': 3, ['x'.repeat(400)]: 4 } }));
    const keys = params.map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
    expect(keys.slice(0, 3)).toEqual(['student_seed_1/a_b', 'student_seed_1/a_b_2', 'student_seed_1/_']);
    for (const key of keys) {
      expect(key).toMatch(/^[\w. -]+\/[\w. -]+$/);
      expect(key.length).toBeLessThanOrEqual(250);
    }
  });

  test('is bounded', () => {
    const options = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`o${n}`, n]));
    expect(paramsOf(pipelineOf({ options }))).toHaveLength(2000);
    expect(paramsOf(pipelineOf({ options: { text: 'y'.repeat(1000) } }))[0]?.value).toHaveLength(500);
    expect(paramsOf(pipelineOf({}))).toEqual([]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5));
}

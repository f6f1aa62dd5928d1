import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { crc32c } from '../../../src/workflow/trackers/crc32c';
import { scalarsRecord, versionRecord } from '../../../src/workflow/trackers/tensorboard-event';
import { tensorboard } from '../../../src/workflow/trackers/tensorboard';
import { recordingEffects, type Recording } from '../../helpers/effects';

let folder: string;
let recording: Recording;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  recording = recordingEffects();
});

const open = (path = folder) =>
  tensorboard.open({
    pipeline: {} as never,
    history: { id: 'r', folder: path, git: Promise.resolve(null) },
    effects: recording.effects,
  })!;

function tell(tracker: ReturnType<typeof open>, stage: string, step: number, values: Record<string, number>): void {
  tracker.take({ time: '2026-11-24T10:15:00.500Z', type: 'stage-scalars', stage, step, values });
}

describe('crc32c()', () => {
  test('agrees with the published values', () => {
    // RFC 3720, B.4: 32 bytes of 0, of 255, and counting up; and the usual check.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe('scalarsRecord()', () => {
  test('is what the wire format says, octet for octet', () => {
    const record = scalarsRecord({ time: 1, step: 300, values: { a: 0.5 } });
    const data = [
      // wall_time 1.0; step 300; summary of 10 bytes, in it a value of 8: tag "a" and simple_value 0.5.
      ...[0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
      ...[0x10, 0xac, 0x02],
      ...[0x2a, 10, 0x0a, 8, 0x0a, 1, 0x61, 0x15, 0, 0, 0, 0x3f],
    ];
    expect([...record.subarray(12, -4)]).toEqual(data);
    expect(record.readBigUInt64LE(0)).toBe(BigInt(data.length));
  });

  test('holds large steps, no values and names of any letters', () => {
    const octets = scalarsRecord({ time: 0, step: Number.MAX_SAFE_INTEGER, values: {} }).subarray(12 + 9, -4);
    expect([...octets]).toEqual([0x10, ...Array<number>(7).fill(0xff), 0x0f, 0x2a, 0]);
    expect(scalarsRecord({ time: 0, step: 0, values: { 'ä€': NaN } }).includes(Buffer.from('ä€'))).toBe(true);
  });
});

describe('tensorboard()', () => {
  test('keeps a file for each stage that tells numbers, named as TensorBoard wants it', async () => {
    const tracker = open();
    tell(tracker, 'a', 1, { loss: 2 });
    tell(tracker, 'b@seed=1,weight=0', 1, { loss: 2 });
    tell(tracker, 'a', 2, { loss: 1 });
    await tracker.close();
    const seconds = Date.parse('2026-11-24T10:15:00Z') / 1000;
    const name = `events.out.tfevents.${seconds}.${hostname()}`;
    expect(readdirSync(join(folder, 'tensorboard')).sort()).toEqual(['a', 'b@seed=1,weight=0']);
    expect(readdirSync(join(folder, 'tensorboard', 'a'))).toEqual([name]);
    const expected = [
      versionRecord(seconds + 0.5),
      scalarsRecord({ time: seconds + 0.5, step: 1, values: { loss: 2 } }),
      scalarsRecord({ time: seconds + 0.5, step: 2, values: { loss: 1 } }),
    ];
    expect(readFileSync(join(folder, 'tensorboard', 'a', name))).toEqual(Buffer.concat(expected));
  });

  test('leaves nothing for a run without numbers, and out what is no step', async () => {
    const tracker = open();
    tracker.take({ time: '', type: 'stage-skipped', stage: 'a', because: 'b' });
    for (const step of [-1, 0.5, NaN]) tell(tracker, 'a', step, { loss: 1 });
    await tracker.close();
    expect(existsSync(join(folder, 'tensorboard'))).toBe(false);
  });

  test('says once that it cannot write, and throws nothing', () => {
    writeFileSync(join(folder, 'file'), '');
    const tracker = open(join(folder, 'file'));
    for (let step = 0; step < 3; step++) tell(tracker, 'a', step, { loss: 1 });
    expect(recording.err().trimEnd().split('\n')).toHaveLength(1);
  });

  const python = hasPython() ? test : test.skip;
  python('is read by a reader of another hand: lengths, checksums, steps and values', async () => {
    const tracker = open();
    const steps = [0, 1, 127, 128, 300, 70_000];
    for (const step of steps) tell(tracker, 'a', step, { loss: 1 / (1 + step), 'fläche/γ': -step });
    await tracker.close();
    const path = readdirSync(join(folder, 'tensorboard', 'a')).map(name => join(folder, 'tensorboard', 'a', name))[0]!;
    const script = join(__dirname, 'read-events.py');
    const read = JSON.parse(execFileSync('python3', [script, path], { encoding: 'utf8' })) as unknown[];
    const time = Date.parse('2026-11-24T10:15:00.500Z') / 1000;
    expect(read).toEqual([
      { time, version: 'brain.Event:2', step: 0, values: {} },
      ...steps.map(step => ({
        time,
        version: null,
        step,
        values: { loss: Math.fround(1 / (1 + step)), 'fläche/γ': -step },
      })),
    ]);
  });
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../src/learning/engines';
import type { ChildResult } from './judge';

const REGISTER = join(__dirname, '..', 'helpers', 'register-typescript.js');

/** Hours of software emulation are not waited for. */
const LONGEST_MS = 30 * 60_000;

const TAIL = 2000;

/** How every spec ended, in a process of its own. Throws with what the process said last when it ends without a result. */
export async function runSuite(bundle: string, engine: EngineName): Promise<ChildResult> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const resultFile = join(folder, 'result.json');
    const { code, said } = await spawned([bundle, engine, resultFile]);
    if (!existsSync(resultFile)) throw new Error(`the specs on ${engine} ended with ${code} and no result:\n${said}`);
    return JSON.parse(readFileSync(resultFile, 'utf8')) as ChildResult;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function spawned(args: readonly string[]): Promise<{ code: string; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', REGISTER, join(__dirname, 'child.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_MS,
    });
    let said = '';
    // Some specs print; it counts only when the process fails.
    const keep = (text: Buffer): void => {
      said = (said + text.toString()).slice(-TAIL);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: String(code ?? signal), said }));
  });
}

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export interface Program {
  /** A fresh folder for stores; in memory where the system has such a place. */
  readonly folder: string;
  /** Arguments for Node, before those of the program. */
  readonly node: readonly string[];
}

/** Makes one file of `program.ts`, because thousands of processes are going to load it. */
export function buildProgram(): Program {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fairdistill-faults-'));
  const outfile = join(folder, 'program.js');
  buildSync({
    entryPoints: [join(__dirname, 'program.ts')],
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  const layer = join(folder, 'fault-layer.js');
  copyFileSync(join(__dirname, 'fault-layer.js'), layer);
  return { folder, node: ['-r', layer, outfile] };
}

export interface Told<T> {
  readonly code: number | null;
  /** What the program printed: JSON, one value a line. */
  readonly lines: readonly T[];
}

/** Runs the program to its end; `command` goes before it. Rejects when it fails in a way that it did not expect itself. */
export function told<T>({ node }: Program, args: readonly string[], command: readonly string[] = []): Promise<Told<T>> {
  const [file, ...rest] = [...command, process.execPath, ...node, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(file!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [text, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('close', code => {
      const lines = text.split('\n').slice(0, -1);
      if (code === UNEXPECTED) reject(new Error(errors));
      else resolve({ code, lines: lines.map(line => JSON.parse(line) as T) });
    });
  });
}

/** Exit code of the program for what it did not expect. */
const UNEXPECTED = 99;

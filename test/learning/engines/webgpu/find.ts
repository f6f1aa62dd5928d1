// Program: prints what the engine finds in this process's environment.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webgpu } from '../../../../src/learning/engines/webgpu/index';

const notes = mkdtempSync(join(tmpdir(), 'webgpu-'));
process.stdout.write(JSON.stringify(webgpu.find(notes)));
rmSync(notes, { recursive: true });

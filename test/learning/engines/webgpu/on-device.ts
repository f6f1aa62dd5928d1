import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const REGISTER = join(__dirname, '../../../helpers/register-typescript.js');

/** Where browsers keep SwiftShader, a Vulkan driver for the CPU, and the loader for it. */
const BROWSERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
];

/** What a process needs in its environment to find a device. */
export interface Device {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A GPU, else a browser's SwiftShader, else why there is neither. */
export function findDevice(): Device | string {
  const candidates = [{}, ...BROWSERS.filter(folder => existsSync(join(folder, ICD))).map(settingsFor)];
  for (const environment of candidates) {
    const { stdout } = spawnSync(process.execPath, ['-r', REGISTER, join(__dirname, 'find.ts')], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    const { usable, found } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { usable: boolean; found: string };
    if (usable) return { name: found, environment };
  }
  return 'no GPU, and no Chromium or Chrome whose SwiftShader could stand in for one';
}

const ICD = 'vk_swiftshader_icd.json';

function settingsFor(folder: string): Record<string, string> {
  const driver = join(folder, ICD);
  // The first name is the present one; Debian 12's loader knows the second only.
  return { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder };
}

/** Runs one of the programs beside this file, and waits until it ends by itself: the JSON in its last line, or its complaint. */
export function runOn<T>({ environment }: Device, program: string, ...args: (string | number)[]): Promise<T> {
  const child = spawn(process.execPath, ['-r', REGISTER, join(__dirname, program), ...args.map(String)], {
    env: { ...process.env, ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += String(chunk)));
  child.stderr.on('data', chunk => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(JSON.parse(out.trim().split('\n').at(-1)!) as T);
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${status ?? '?'}`}: ${err.slice(-2000)}`));
    });
  });
}

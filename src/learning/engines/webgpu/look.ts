import { readdirSync, statSync } from 'node:fs';
import { probe, type Outcome } from '../probe';
import type { Binding } from './binding';
import type { AdapterInfo } from './dawn';

/** What Dawn offers: its best adapter, or why it has none as far as the system says (else empty). */
export type Offer = { readonly adapter: AdapterInfo } | { readonly adapter: null; readonly reason: string };

/** Asks Dawn in a process of its own. Asks again when a library, a driver or a graphics card has come or gone. */
export function lookForAdapter({ dawn }: Binding, notes: string): Outcome<Offer> {
  const changes = [dawn, '/etc/ld.so.cache'].map(path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const present = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/dev/dri'].map(listing);
  return probe<Offer>(
    { name: 'webgpu', subject: JSON.stringify([changes, present]), program: programFor(dawn) },
    notes,
  );
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Dawn only warns where the Vulkan loader is missing, so the program tries for itself; a loader that is there is no add-on. */
function programFor(dawn: string): string {
  return `
    const { create } = require(${JSON.stringify(dawn)});
    const FIELDS = ['vendor', 'architecture', 'device', 'description', 'isFallbackAdapter'];
    create([]).requestAdapter({ powerPreference: 'high-performance' }).then(found => {
      const adapter = found && Object.fromEntries(FIELDS.map(field => [field, found.info[field]]));
      console.log('\\n' + JSON.stringify({ adapter, reason: found ? undefined : reason() }));
    });
    function reason() {
      if (process.platform !== 'linux') return '';
      try {
        process.dlopen({ exports: {} }, 'libvulkan.so.1');
      } catch (error) {
        return /cannot open/.test(error.message) ? error.message : '';
      }
    }`;
}

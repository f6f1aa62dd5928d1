import { platform } from 'node:process';
import type { Finding } from '../engine';
import type { Outcome } from '../probe';
import { findBinding, type Binding } from './binding';
import { isSoftware, adapterName } from './dawn';
import { lookForAdapter, type Offer } from './look';

const LOADER = 'apt-get install libvulkan1 (Debian, Ubuntu) or dnf install vulkan-loader (Fedora)';

const DRIVER =
  platform === 'linux'
    ? "install the GPU's Vulkan driver: AMD and Intel apt-get or dnf install mesa-vulkan-drivers; NVIDIA has it in its " +
      'driver, in containers with NVIDIA_DRIVER_CAPABILITIES=all'
    : "update the GPU's driver";

/** What there is on this machine; see `Engine.find`. */
export function findWebgpu(
  notes: string,
  binding: Binding | string = findBinding(),
  look: (binding: Binding, notes: string) => Outcome<Offer> = lookForAdapter,
): Finding {
  if (typeof binding === 'string') {
    const enable = 'npx pipeline doctor --fix webgpu, on Linux, macOS or Windows (x64 or arm64)';
    return { usable: false, found: 'nothing', missing: binding, enable };
  }
  const dawn = `Dawn of webgpu ${binding.version}`;
  const outcome = look(binding, notes);
  if (outcome.problem !== undefined) {
    return { usable: false, found: dawn, missing: outcome.problem, enable: remedyFor(outcome.problem) };
  }
  const offer = outcome.found;
  if (offer.adapter === null) return { usable: false, found: dawn, ...lacking(offer.reason) };
  const found = `${adapterName(offer.adapter)}, ${dawn}`;
  if (!isSoftware(offer.adapter)) return { usable: true, gpu: true, found };
  return { usable: true, gpu: false, found, missing: 'a GPU: this one is emulated on the CPU', enable: DRIVER };
}

function remedyFor(problem: string): string {
  return /GLIBC|musl/.test(problem)
    ? 'use a system with glibc 2.34 or later'
    : 'npx pipeline doctor --fix webgpu, to install it again';
}

function lacking(reason: string): { missing: string; enable: string } {
  return reason
    ? { missing: `the Vulkan loader (${reason})`, enable: LOADER }
    : { missing: 'a GPU with a driver that Dawn accepts', enable: DRIVER };
}

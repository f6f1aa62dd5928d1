import { family } from '../../family';
import type { FixEngine } from './engine';

/** Every engine, fastest first where each finds what it needs. `fix` loads what enables it, for `doctor --fix`. */
export const ENGINES = family('engines', {
  tensorflow: {
    summary: 'libtensorflow through tfjs-node: an NVIDIA GPU, or all cores of the CPU',
    fix: () => import('./tensorflow/fix').then(({ fixTensorflow }): FixEngine => fixTensorflow),
    load: () => import('./tensorflow').then(({ tensorflow }) => tensorflow),
  },
  webgpu: {
    summary: 'any GPU through Vulkan, Metal or Direct3D, without CUDA',
    fix: () => import('./webgpu/fix').then(({ fixWebgpu }): FixEngine => fixWebgpu),
    load: () => import('./webgpu').then(({ webgpu }) => webgpu),
  },
  onednn: {
    summary: 'oneDNN on every core, through an addon that is built at install',
    fix: () => import('./onednn/fix').then(({ fixOnednn }): FixEngine => fixOnednn),
    load: () => import('./onednn').then(({ onednn }) => onednn),
  },
  wasm: {
    summary: 'WebAssembly on one core: needs nothing but Node',
    fix: undefined,
    load: () => import('./wasm').then(({ wasm }) => wasm),
  },
  cpu: {
    summary: 'plain JavaScript: complete and slow, the reference for the other engines',
    fix: undefined,
    load: () => import('./cpu').then(({ cpu }) => cpu),
  },
});

export type EngineName = (typeof ENGINES.names)[number];

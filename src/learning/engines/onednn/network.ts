import type { TensorInfo } from '@tensorflow/tfjs-core';
import { attributesOf, KERNEL_NAMES, type BackboneAttributes } from '../fused-kernel';
import type { Addon } from './addon';
import type { OnednnBackend } from './backend';
import type { NativeKernel } from './kernel';

/** What native/network/exports.cc exports. */
interface NetworkAddon extends Addon {
  networkSettings(): string;
  networkCreate(plan: object): number;
  networkForward(
    id: number,
    pixels: Float32Array,
    outEmbeddings: Float32Array,
    parameters: readonly Float32Array[],
    outMeans: readonly Float32Array[],
    outVariances: readonly Float32Array[],
    masks: readonly Float32Array[],
  ): void;
  networkBackward(
    id: number,
    pixels: Float32Array,
    gradient: Float32Array,
    parameters: readonly Float32Array[],
    outGradients: readonly (Float32Array | null)[],
    masks: readonly Float32Array[],
  ): void;
  networkRelease(id: number): void;
  networkProfile(id: number): string;
}

/** Of the plan in src/learning/networks/plan.ts, what is read here; the addon reads the rest. */
interface Plan {
  readonly nodes: readonly { readonly name: string; readonly op: string }[];
  readonly values: readonly { readonly channels: number }[];
  readonly activations: readonly { readonly value: number; readonly statistics: number }[];
  readonly statistics: readonly string[];
  readonly output: { readonly value: number };
}

/** A network that lives in the addon; its activations wait there for the backward pass. */
interface Live {
  readonly id: number;
  readonly plan: Plan;
  readonly batch: number;
  readonly settings: string;
  /** The attributes of the latest forward pass, by identity. */
  pass?: unknown;
}

/** The one in use: another takes its place, and its memory. */
let live: Live | undefined;

/** Memory of the network in use, and time and work of its nodes since it was made: seconds, floating-point operations of a forward pass, bytes. */
export interface NetworkProfile {
  readonly bytes: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly op: string;
    readonly forward: number;
    readonly backward: number;
    readonly operations: number;
    readonly inputBytes: number;
    readonly outputBytes: number;
  }[];
}

/** Undefined before the first step. */
export function networkProfile(addon: Addon): NetworkProfile | undefined {
  if (!live) return undefined;
  const { nodes } = live.plan;
  const { bytes, nodes: measured } = JSON.parse((addon as NetworkAddon).networkProfile(live.id)) as NetworkProfile;
  return { bytes, nodes: measured.map((node, i) => ({ ...node, name: nodes[i]!.name, op: nodes[i]!.op })) };
}

/** Gives back the memory of the network in use; the next step makes it again. */
export function releaseNetwork(addon: Addon): void {
  if (live) (addon as NetworkAddon).networkRelease(live.id);
  live = undefined;
}

/** The forward and the backward pass of a whole backbone, see `src/learning/networks/train-forward.ts`. */
export const NETWORK_KERNELS: readonly NativeKernel[] = [
  {
    kernelName: KERNEL_NAMES.backbone,
    needs: ['networkForward'],
    make: (_, addon) => {
      const native = addon as NetworkAddon;
      return ({ inputs, attrs, backend }) => {
        const { pixels, parameters } = split(inputs as Record<string, TensorInfo>);
        const { plan, masks } = attributesOf('backbone', attrs) as BackboneAttributes<Plan>;
        const network = networkFor(native, plan, pixels.shape[0]!);
        network.pass = attrs;
        const embeddings = backend.output([pixels.shape[0]!, plan.values[plan.output.value]!.channels]);
        const moments = plan.statistics.map((_, number) => {
          const { value } = plan.activations.find(({ statistics }) => statistics === number)!;
          return backend.output([plan.values[value]!.channels]);
        });
        const variances = moments.map(({ shape }) => backend.output(shape));
        native.networkForward(
          network.id,
          backend.floats(pixels),
          backend.floats(embeddings),
          floats(backend, parameters),
          floats(backend, moments),
          floats(backend, variances),
          masks,
        );
        return [embeddings, ...moments, ...variances];
      };
    },
  },
  {
    kernelName: KERNEL_NAMES.backboneGrad,
    needs: ['networkBackward'],
    make: (_, addon) => {
      const native = addon as NetworkAddon;
      return ({ inputs, attrs, backend }) => {
        const { dy, ...rest } = inputs as Record<string, TensorInfo>;
        const { pixels, parameters } = split(rest);
        const { masks, wanted } = attributesOf('backboneGrad', attrs);
        if (live?.pass !== attrs) {
          throw new Error('The backward pass of a backbone must follow its forward pass, with no other in between');
        }
        const gradients = parameters.map(({ shape }, i) => (wanted[i] ? backend.output(shape) : null));
        native.networkBackward(
          live!.id,
          backend.floats(pixels),
          backend.floats(dy!),
          floats(backend, parameters),
          gradients.map(gradient => gradient && backend.floats(gradient)),
          masks,
        );
        return gradients.filter(gradient => gradient !== null);
      };
    },
  },
];

function networkFor(addon: NetworkAddon, plan: Plan, batch: number): Live {
  const settings = addon.networkSettings();
  if (live?.plan === plan && live.batch === batch && live.settings === settings) return live;
  releaseNetwork(addon);
  const id = addon.networkCreate({ ...plan, batch });
  live = { id, plan, batch, settings };
  return live;
}

/** The inputs `pixels`, and the parameters `0`, `1`, …. */
function split(inputs: Record<string, TensorInfo>): { pixels: TensorInfo; parameters: TensorInfo[] } {
  const { pixels, ...rest } = inputs;
  return { pixels: pixels!, parameters: Object.keys(rest).map((_, i) => rest[i]!) };
}

function floats(backend: OnednnBackend, tensors: readonly TensorInfo[]): Float32Array[] {
  return tensors.map(tensor => backend.floats(tensor));
}

import { describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { findBinding, type Binding } from '../../../src/learning/engines/webgpu/binding';
import { CHECKS } from '../../../src/learning/engines/webgpu/checks';
import type { AdapterInfo } from '../../../src/learning/engines/webgpu/dawn';
import { findWebgpu } from '../../../src/learning/engines/webgpu/finding';
import type { Offer } from '../../../src/learning/engines/webgpu/look';
import { selfCheck } from '../../../src/learning/engines/webgpu/self-check';

const BINDING: Binding = { dawn: '/d/dawn.node', version: '1.2.3', backend: '/b/main.js' };
const H100: AdapterInfo = {
  vendor: 'nvidia',
  architecture: 'hopper',
  device: 'NVIDIA H100',
  description: 'NVIDIA: 550.54',
  isFallbackAdapter: false,
};

describe('findBinding()', () => {
  test('finds both packages where they are installed', () => {
    const binding = findBinding() as Binding;
    expect(binding.dawn).toMatch(/webgpu.dist.+dawn\.node$/);
    expect(binding.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(binding.backend).toMatch(/tfjs-backend-webgpu.+\.js$/);
  });

  test('says which package is not there', () => {
    const without = (missing: string) => (request: string) => {
      if (request.includes(missing)) throw new Error('not found');
      return `/nowhere/${request}`;
    };
    expect(findBinding(without('webgpu/package.json'))).toBe('the package webgpu is not installed');
    expect(findBinding(without('tfjs'))).toBe('the package @tensorflow/tfjs-backend-webgpu is not installed');
    expect(findBinding(without('-'.repeat(9)))).toMatch(/^the package webgpu has no library for \w+-\w+$/);
  });
});

describe('findWebgpu()', () => {
  const offered = (offer: Offer) => findWebgpu('/notes', BINDING, () => ({ found: offer }));

  test('calls a GPU by its name and driver', () => {
    expect(offered({ adapter: H100 })).toEqual({
      usable: true,
      gpu: true,
      found: 'NVIDIA H100 (NVIDIA: 550.54), Dawn of webgpu 1.2.3',
    });
  });

  test.each([
    ['what its driver calls a CPU', { isFallbackAdapter: true }],
    ['SwiftShader', { architecture: 'swiftshader', device: 'SwiftShader Device (Subzero)' }],
    ['llvmpipe', { device: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
  ])('uses %s but does not take it for a GPU', (_, differing) => {
    const finding = offered({ adapter: { ...H100, ...differing } });
    expect(finding).toMatchObject({ usable: true, gpu: false, missing: expect.stringContaining('a GPU') });
    expect(finding.enable).toMatch(/driver/);
  });

  test.each([
    ['libvulkan.so.1: cannot open shared object file', /Vulkan loader/, /libvulkan1/],
    ['', /a GPU/, /driver/],
  ])('without an adapter and with the reason "%s" says what is missing and what to do', (reason, missing, enable) => {
    const finding = offered({ adapter: null, reason });
    expect(finding.usable).toBe(false);
    expect(finding.missing).toMatch(missing);
    expect(finding.enable).toMatch(enable);
  });

  test.each([
    ["Error: version `GLIBC_2.34' not found", /glibc 2\.34 or later/],
    ['SIGSEGV', /doctor --fix webgpu/],
  ])('passes on why the library did not load: %s', (problem, enable) => {
    const finding = findWebgpu('/notes', BINDING, () => ({ problem }));
    expect(finding).toMatchObject({ usable: false, missing: problem });
    expect(finding.enable).toMatch(enable);
  });

  test('needs the packages', () => {
    const finding = findWebgpu('/notes', 'the package webgpu is not installed');
    expect(finding).toMatchObject({ usable: false, missing: 'the package webgpu is not installed' });
    expect(finding.enable).toMatch(/doctor --fix webgpu/);
  });
});

describe('selfCheck()', () => {
  /** A backend like `cpu` but for one kernel, whose first result has a value added to it. */
  async function flawed(kernelName: string, error: number) {
    const tf = await startEngine('cpu');
    const name = `flawed ${kernelName} ${error}`;
    const cpu = tf.findBackendFactory('cpu');
    tf.registerBackend(name, cpu);
    tf.copyRegisteredKernels('cpu', name);
    const { kernelFunc, ...rest } = tf.getKernel(kernelName, 'cpu');
    tf.unregisterKernel(kernelName, name);
    tf.registerKernel({
      ...rest,
      backendName: name,
      kernelFunc: params => {
        const output = kernelFunc(params);
        const { dataId } = [output].flat()[0]!;
        const { values } = (params.backend as unknown as { data: Map<object, { values: Float32Array }> }).data.get(
          dataId,
        )!;
        values[0]! += error;
        return output;
      },
    });
    return { tf, name };
  }

  test('passes a backend that computes what cpu does, leaves it in use, and no tensor behind', async () => {
    const { tf, name } = await flawed('Conv2DBackpropFilter', 0);
    const before = tf.memory().numTensors;
    await selfCheck(tf, name, 'a device');
    expect(tf.getBackend()).toBe(name);
    expect(tf.memory().numTensors).toBe(before);
    await tf.setBackend('cpu');
  });

  test.each([
    ['Conv2D', 'conv2d'],
    ['Conv2DBackpropInput', 'conv2d'],
    ['Conv2DBackpropFilter', 'conv2d'],
    ['DepthwiseConv2dNative', 'depthwiseConv2d'],
    ['DepthwiseConv2dNativeBackpropInput', 'depthwiseConv2d'],
    ['DepthwiseConv2dNativeBackpropFilter', 'depthwiseConv2d'],
    ['BatchMatMul', 'matMul'],
    ['Prelu', 'prelu'],
    ['AvgPool', 'batch normalisation'],
    ['FusedDepthwiseConv2D', 'batch normalisation'],
  ])('refuses a backend whose %s is wrong, naming %s', async (kernel, op) => {
    const { tf, name } = await flawed(kernel, 0.1);
    const failure = selfCheck(tf, name, 'a device');
    await expect(failure).rejects.toMatchObject({ code: 'engine-unavailable' });
    await expect(failure).rejects.toThrow(new RegExp(`on a device the results of ${op}.* are off by \\d\\.\\de-\\d`));
    await tf.setBackend('cpu');
  });

  test('refuses values that are no numbers', async () => {
    const { tf, name } = await flawed('BatchMatMul', NaN);
    await expect(selfCheck(tf, name, 'a device')).rejects.toThrow(/matMul are off by NaN/);
    await tf.setBackend('cpu');
  });

  test('calls every check by a name of its own, for the message', () => {
    expect(new Set(CHECKS.map(({ op }) => op)).size).toBe(CHECKS.length);
  });
});

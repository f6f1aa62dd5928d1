import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openRecogniser } from '../../src/embedding/recogniser/onnx-recogniser';
import { randomNode } from '../../src/models/random-nodes';
import { temporaryFolder } from '../helpers/temporary-folder';
import { PROJECTION, encodeOnnx, projection, type TinyNode, type TinyOnnx } from '../helpers/tiny-onnx';

const [SIZE, DIM] = [8, 4];
const VALUES = 3 * SIZE * SIZE;
const SHAPE = ['N', DIM] as const;

/** A projection `raw`, and what is done to it until it is the `embedding`. */
async function save(nodes: readonly TinyNode[], more: Partial<TinyOnnx> = {}): Promise<string> {
  const path = join(await temporaryFolder(), 'model.onnx');
  const bytes = encodeOnnx({
    inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
    nodes: [...PROJECTION, ...nodes],
    initializers: {
      weights: { shape: [VALUES, DIM], values: projection(VALUES, DIM) },
      tiny: { shape: [], values: Float32Array.of(1e-6) },
    },
    outputs: [{ name: 'embedding', shape: SHAPE }],
    opset: 15,
    ...more,
  });
  await writeFile(path, bytes);
  return path;
}

const noise = (op: string, more: Partial<TinyNode> = {}): TinyNode => ({ op, in: ['raw'], out: 'noise', ...more });
/** As much of `noise` as no comparison of two runs would notice. */
const ADDED: readonly TinyNode[] = [
  { op: 'Mul', in: ['noise', 'tiny'], out: 'little' },
  { op: 'Add', in: ['raw', 'little'], out: 'embedding' },
];
const UNUSED: TinyNode = { op: 'Identity', in: ['raw'], out: 'embedding' };
const DIMS = { ints: { shape: [1, DIM] } };
/** Asks whether the first value is above 0, and goes one of two ways. */
const branches = (then: readonly TinyNode[], out: string): readonly TinyNode[] => [
  { op: 'ReduceSum', in: ['raw'], out: 'sum', ints: { keepdims: 0 } },
  { op: 'Greater', in: ['sum', 'tiny'], out: 'positive' },
  {
    op: 'If',
    in: ['positive'],
    out: 'chosen',
    graphs: {
      then_branch: { nodes: then, outputs: { [out]: SHAPE } },
      else_branch: { nodes: [{ op: 'Identity', in: ['raw'], out: 'same' }], outputs: { same: SHAPE } },
    },
  },
  { op: 'Identity', in: ['chosen'], out: 'embedding' },
];
const call: TinyNode = { op: 'Blur', domain: 'own', in: ['raw'], out: 'embedding' };

async function open(file: string): Promise<void> {
  const recogniser = await openRecogniser(file, { faceSize: SIZE, batch: 2, cores: 1 });
  await recogniser.close();
}

/** Refused for this node; and it is a model that onnxruntime takes. */
async function refused(file: string, name: string): Promise<void> {
  expect(randomNode(file, 'embedding')).toMatchObject({ name });
  const failure = open(file);
  await expect(failure).rejects.toMatchObject({ code: 'not-deterministic' });
  await expect(failure).rejects.toThrow(
    new RegExp(`the node "${name}" of its graph draws random numbers .*output "embedding" depends.*evaluation mode`),
  );
}

describe('a model is refused, however little it draws,', () => {
  test.each<[string, readonly TinyNode[]]>([
    ['RandomNormalLike', [noise('RandomNormalLike'), ...ADDED]],
    ['RandomUniformLike', [noise('RandomUniformLike'), ...ADDED]],
    ['RandomNormal', [noise('RandomNormal', { in: [], ...DIMS }), ...ADDED]],
    ['RandomUniform', [noise('RandomUniform', { in: [], ...DIMS }), ...ADDED]],
    ['RandomNormalLike', [noise('RandomNormalLike', { floats: { seed: 7 } }), ...ADDED]],
    [
      'Multinomial',
      [noise('Multinomial', { out: 'class' }), { op: 'Cast', in: ['class'], out: 'noise', ints: { to: 1 } }, ...ADDED],
    ],
  ])('for a %s', async (op, nodes) => {
    await refused(await save(nodes), `${op}_${op === 'Multinomial' ? 'class' : 'noise'}`);
  });

  test('for a Bernoulli', async () => {
    const nodes: TinyNode[] = [{ op: 'Sigmoid', in: ['raw'], out: 'chance' }, noise('Bernoulli', { in: ['chance'] })];
    await refused(await save([...nodes, ...ADDED]), 'Bernoulli_noise');
  });

  test('for one in the branch of an If, and for one outside that a branch alone takes', async () => {
    const inside = [noise('RandomNormalLike'), { op: 'Add', in: ['raw', 'noise'], out: 'other' }];
    await refused(await save(branches(inside, 'other')), 'RandomNormalLike_noise');
    const taking = [{ op: 'Add', in: ['raw', 'noise'], out: 'other' }];
    await refused(await save([noise('RandomUniformLike'), ...branches(taking, 'other')]), 'RandomUniformLike_noise');
  });

  test('for one in a function of its own', async () => {
    const body = [noise('RandomNormalLike', { in: ['x'] }), { op: 'Add', in: ['x', 'noise'], out: 'y' }];
    const functions = { Blur: { inputs: ['x'], nodes: body, outputs: { y: SHAPE } } };
    await refused(await save([call], { functions, domains: ['own'] }), 'RandomNormalLike_noise');
  });
});

describe('a model is taken', () => {
  test.each<[string, readonly TinyNode[]]>([
    ['that draws nothing', [UNUSED]],
    ['whose random node leads nowhere', [noise('RandomNormalLike'), UNUSED]],
    [
      'whose random node leads to another output that nobody asks for',
      [noise('RandomNormalLike'), { op: 'Identity', in: ['noise'], out: 'other' }, UNUSED],
    ],
    [
      'whose random node is asked for its size alone',
      [
        noise('RandomNormalLike'),
        { op: 'Shape', in: ['noise'], out: 'shape' },
        { op: 'Reshape', in: ['raw', 'shape'], out: 'embedding' },
      ],
    ],
    ['with a branch in which one leads nowhere', branches([noise('RandomNormalLike'), { ...UNUSED, out: 'a' }], 'a')],
    ['with Dropout that does not train', [{ op: 'Dropout', in: ['raw'], out: 'embedding' }]],
  ])('%s', async (_, nodes) => {
    const file = await save(nodes);
    expect(randomNode(file, 'embedding')).toBeUndefined();
    await open(file);
  });

  test('whose function has the names of a random node that leads nowhere', async () => {
    const body = [
      { op: 'Neg', in: ['x'], out: 'noise' },
      { op: 'Add', in: ['x', 'noise'], out: 'y' },
    ];
    const functions = { Blur: { inputs: ['x'], nodes: body, outputs: { y: SHAPE } } };
    await open(await save([noise('RandomNormalLike'), call], { functions, domains: ['own'] }));
  });
});

test('randomNode() ends with functions that call themselves', async () => {
  const body = [{ ...call, in: ['x'], out: 'y' }];
  const functions = { Blur: { inputs: ['x'], nodes: body, outputs: { y: SHAPE } } };
  expect(randomNode(await save([call], { functions, domains: ['own'] }), 'embedding')).toBeUndefined();
});

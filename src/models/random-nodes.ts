import { skimFile, type Field, type Skim } from './skim';

/** A node that draws random numbers. */
export interface RandomNode {
  readonly op: string;
  /** Empty where the file gives it none. */
  readonly name: string;
}

/**
 * A node of an ONNX file that draws random numbers and has a say in an output, however small; also in the body of an If or a Loop, and in a
 * function of the model. Undefined where there is none. A seed is no excuse: onnxruntime draws from it once for a session, so that the
 * numbers depend on what was computed before. Dropout is none: whether it trains is said by a value.
 */
export function randomNode(file: string, output: string): RandomNode | undefined {
  return skimFile(file, skim => {
    const { graph, functions } = modelOf(skim);
    return trace(graph, [output], functions).random;
  });
}

const RANDOM: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);
/** They ask how large a value is, not what it is. */
const SIZES: ReadonlySet<string> = new Set(['Shape', 'Size']);

interface Node extends RandomNode {
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bodies: readonly Body[];
}

interface Body {
  readonly nodes: readonly Node[];
  readonly outputs: readonly string[];
}

/** By what nodes call them. */
type Functions = ReadonlyMap<string, Body>;

interface Trace {
  readonly random: RandomNode | undefined;
  /** Of all values that were followed: a body in an attribute takes some from outside. */
  readonly names: ReadonlySet<string>;
}

/** Follows the wanted values of a body backwards to all that they are made of. */
function trace(
  { nodes }: Body,
  wanted: readonly string[],
  functions: Functions,
  known = new Map<Body, Trace['random']>(),
): Trace {
  const makers = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node] as const)));
  const names = new Set(wanted);
  const seen = new Set<Node>();
  let random: RandomNode | undefined;
  // A set is walked to its end, also where it grows meanwhile.
  for (const name of names) {
    const node = makers.get(name);
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    if (!SIZES.has(node.op)) node.inputs.forEach(input => names.add(input));
    for (const body of node.bodies) {
      const inside = trace(body, body.outputs, functions, known);
      random ??= inside.random;
      inside.names.forEach(used => names.add(used));
    }
    const called = functions.get(callOf(node));
    if (called) random ??= traceCalled(called, functions, known);
    else if (isRandom(node)) random ??= node;
  }
  return { random, names };
}

/** Names inside of a function are its own. It is followed once, however often it is called, also by itself. */
function traceCalled(body: Body, functions: Functions, known: Map<Body, Trace['random']>): Trace['random'] {
  if (!known.has(body)) {
    known.set(body, undefined);
    known.set(body, trace(body, body.outputs, functions, known).random);
  }
  return known.get(body);
}

function isRandom({ op, domain }: Node): boolean {
  return RANDOM.has(op) && (domain === '' || domain === 'ai.onnx');
}

function callOf({ domain, op }: Pick<Node, 'domain' | 'op'>): string {
  return `${domain}:${op}`;
}

// Numbers of fields: onnx.proto of ONNX 1.16.

function modelOf(skim: Skim): { readonly graph: Body; readonly functions: Functions } {
  let graph: Body = { nodes: [], outputs: [] };
  const functions = new Map<string, Body>();
  skim.fields(0, skim.size, field => {
    if (field.number === 7) graph = graphOf(skim, field);
    if (field.number === 25) functions.set(...functionOf(skim, field));
  });
  return { graph, functions };
}

function graphOf(skim: Skim, { start, end }: Field): Body {
  const body = { nodes: [] as Node[], outputs: [] as string[] };
  skim.fields(start, end, field => {
    if (field.number === 1) body.nodes.push(nodeOf(skim, field));
    if (field.number === 12) body.outputs.push(nameIn(skim, field));
  });
  return body;
}

function functionOf(skim: Skim, { start, end }: Field): [string, Body] {
  const body = { nodes: [] as Node[], outputs: [] as string[] };
  const called = { op: '', domain: '' };
  skim.fields(start, end, field => {
    if (field.number === 1) called.op = textOf(skim, field);
    if (field.number === 5) body.outputs.push(textOf(skim, field));
    if (field.number === 7) body.nodes.push(nodeOf(skim, field));
    if (field.number === 10) called.domain = textOf(skim, field);
  });
  return [callOf(called), body];
}

function nodeOf(skim: Skim, { start, end }: Field): Node {
  const lists = { inputs: [] as string[], outputs: [] as string[], bodies: [] as Body[] };
  const texts = { op: '', name: '', domain: '' };
  skim.fields(start, end, field => {
    if (field.number === 1) lists.inputs.push(textOf(skim, field));
    if (field.number === 2) lists.outputs.push(textOf(skim, field));
    if (field.number === 3) texts.name = textOf(skim, field);
    if (field.number === 4) texts.op = textOf(skim, field);
    if (field.number === 5) lists.bodies.push(...bodiesOf(skim, field));
    if (field.number === 7) texts.domain = textOf(skim, field);
  });
  return { ...lists, ...texts };
}

/** The graphs of an attribute. */
function bodiesOf(skim: Skim, { start, end }: Field): Body[] {
  const bodies: Body[] = [];
  skim.fields(start, end, field => {
    if (field.number === 6 || field.number === 11) bodies.push(graphOf(skim, field));
  });
  return bodies;
}

/** The name of a value. */
function nameIn(skim: Skim, { start, end }: Field): string {
  let name = '';
  skim.fields(start, end, field => {
    if (field.number === 1) name = textOf(skim, field);
  });
  return name;
}

/** Of longer ones no name is made in earnest. */
const LONGEST_TEXT = 4096;

function textOf(skim: Skim, { start, end }: Field): string {
  return skim.bytes(start, Math.min(end, start + LONGEST_TEXT)).toString('utf8');
}

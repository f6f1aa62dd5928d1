import type { AnyStage, InputPort } from '../stage';
import { alternatives, quote, suggestion } from '../util/quote';
import type { StepOutput } from './checked-pipeline';
import { kindOf, type Located } from './located';
import type { Report, Span } from './problem';
import type { StepSpec } from './spec';

/** A stage of the file together with what it uses; undefined when that is unknown (reported). */
export interface KnownStep {
  readonly spec: StepSpec;
  readonly stage: AnyStage | undefined;
}

/** One artifact that a step reads, and where the file says so. `port` is undefined when it cannot be told (reported). */
export interface Connection {
  readonly step: string;
  readonly port: string | undefined;
  readonly span: Span;
}

export type Connections = ReadonlyMap<string, readonly Connection[]>;

/** By input port of the step, what its `in` block connects; every mistake in it is reported. */
export function connect(
  { spec, stage }: KnownStep,
  steps: ReadonlyMap<string, KnownStep>,
  report: Report,
): Connections {
  const connections = new Map<string, readonly Connection[]>();
  for (const [name, { key, value }] of spec.in.entries) {
    const port = stage && ownPort(stage.inputs, name);
    if (stage && !port) report(unknownInput(name, key, stage));
    if (value.broken) continue;
    connections.set(name, connectPort({ spec, stage, name, port, steps, report }, value));
  }
  if (stage && !spec.in.broken) reportMissing(spec, stage, steps, report);
  return connections;
}

/** Connections of which nothing was reported, in the form of a checked pipeline. */
export function toInputs(connections: Connections): Record<string, StepOutput[]> {
  const outputs = [...connections].map(
    ([name, list]) => [name, list.map(({ step, port }) => ({ step, port: port ?? '' }))] as const,
  );
  return Object.fromEntries(outputs.filter(([, list]) => list.length > 0));
}

interface PortContext {
  readonly spec: StepSpec;
  readonly stage: AnyStage | undefined;
  readonly name: string;
  /** Undefined when nothing is known about it; then only the names of stages are checked. */
  readonly port: InputPort | undefined;
  readonly steps: ReadonlyMap<string, KnownStep>;
  readonly report: Report;
}

function connectPort(context: PortContext, value: Located): Connection[] {
  const { port, report, name, spec } = context;
  if (value.kind !== 'list') return connectOne(context, value);
  if (port && port.many !== true) {
    const message = `Cannot connect a list to input ${quote(name)} of ${quote(spec.id)}: wanted one stage`;
    report({ code: 'list-not-accepted', message, span: value.span });
    return [];
  }
  if (value.items.length === 0 && port && port.optional !== true) {
    const message = `Nothing is connected to input ${quote(name)} of ${quote(spec.id)}: ${wantedFor(port, context)}`;
    report({ code: 'missing-input', message, span: value.span });
  }
  return value.items.flatMap(item => connectOne(context, item));
}

function connectOne(context: PortContext, value: Located): Connection[] {
  const { spec, name, steps, report, port } = context;
  const { span } = value;
  if (value.broken) return [];
  const problem = (code: string, message: string): [] => {
    report({ code, message: `Cannot connect input ${quote(name)} of ${quote(spec.id)}: ${message}`, span });
    return [];
  };
  if (value.kind !== 'scalar' || typeof value.value !== 'string') {
    return problem('wrong-kind', `found ${kindOf(value)}, wanted the id of a stage or "<id>.<port>"`);
  }
  if (value.value.includes('${')) {
    return problem('bad-expression', `found ${quote(value.value)}; expressions are for "with" only`);
  }
  const dot = value.value.indexOf('.');
  const id = dot < 0 ? value.value : value.value.slice(0, dot);
  const output = dot < 0 ? undefined : value.value.slice(dot + 1);
  const source = steps.get(id);
  if (!source) {
    const ids = [...steps.keys()].filter(other => other !== spec.id);
    const has = ids.length === 0 ? 'there is no other' : `the file has ${alternatives(ids, 'and')}`;
    return problem('unknown-step', `no stage ${quote(id)}, ${has}${suggestion(id, ids)}`);
  }
  // The order of the stages is checked even where the ports are wrong; that finds a stage that needs itself, too.
  const edge: Connection = { step: id, port: undefined, span };
  if (!source.stage || id === spec.id || (!port && output === undefined)) return [edge];
  const outputs = source.stage.outputs;
  if (output !== undefined && !Object.hasOwn(outputs, output)) {
    const names = Object.keys(outputs);
    const has = names.length === 0 ? 'it has none' : `it has ${alternatives(names, 'and')}`;
    problem('unknown-output', `${quote(id)} has no output ${quote(output)}, ${has}${suggestion(output, names)}`);
    return [edge];
  }
  if (!port) return [edge];
  const fitting = Object.keys(outputs).filter(key => outputs[key]!.type === port.type);
  if (output === undefined && fitting.length > 1) {
    problem(
      'ambiguous-output',
      `${quote(id)} has several outputs of type ${port.type}; say ${alternatives(fitting.map(key => `${id}.${key}`))}`,
    );
    return [edge];
  }
  if (output === undefined ? fitting.length === 0 : !fitting.includes(output)) {
    const makes = output === undefined ? Object.values(outputs).map(({ type }) => type) : [outputs[output]!.type];
    const found = makes.length === 0 ? 'nothing' : [...new Set(makes)].join(' and ');
    problem('type-mismatch', `${quote(value.value)} is ${found}, ${wantedFor(port, context)}`);
    return [edge];
  }
  return [{ step: id, port: output ?? fitting[0]!, span }];
}

function unknownInput(name: string, span: Span, stage: AnyStage) {
  const names = Object.keys(stage.inputs);
  const accepted = Object.hasOwn(stage.options.properties, name)
    ? 'it is an option, put it under "with"'
    : names.length === 0
      ? 'it takes no inputs'
      : `use ${alternatives(names)}${suggestion(name, names)}`;
  return { code: 'unknown-input', message: `Unknown input ${quote(name)} of ${stage.name}: ${accepted}`, span };
}

function reportMissing(spec: StepSpec, stage: AnyStage, steps: ReadonlyMap<string, KnownStep>, report: Report): void {
  const names = Object.keys(stage.inputs);
  const misspelt = [...spec.in.entries.keys()]
    .filter(name => !names.includes(name))
    .map(name => suggestion(name, names));
  for (const [name, port] of Object.entries(stage.inputs)) {
    if (port.optional === true || spec.in.entries.has(name)) continue;
    if (misspelt.some(text => text.includes(quote(name)))) continue;
    const wanted = wantedFor(port, { spec, steps });
    const message = `Missing input ${quote(name)} of ${stage.name} (${port.summary}): ${wanted}`;
    report({ code: 'missing-input', message, span: spec.in.entries.size > 0 ? spec.in.span : spec.span });
  }
}

/** `wanted face-set, which "align" makes`; names what in the file would fit. */
function wantedFor({ type }: InputPort, { spec, steps }: Pick<PortContext, 'spec' | 'steps'>): string {
  const makers: string[] = [];
  for (const [id, { stage }] of steps) {
    if (id === spec.id || !stage) continue;
    const fitting = Object.keys(stage.outputs).filter(port => stage.outputs[port]!.type === type);
    if (fitting.length === 1) makers.push(id);
    else makers.push(...fitting.map(port => `${id}.${port}`));
  }
  const makes = makers.length === 1 ? 'makes' : 'make';
  return `wanted ${type}, which ${makers.length === 0 ? 'no other stage of this file makes' : `${alternatives(makers, 'and')} ${makes}`}`;
}

function ownPort(ports: Readonly<Record<string, InputPort>>, name: string): InputPort | undefined {
  return Object.hasOwn(ports, name) ? ports[name] : undefined;
}

import { stringify } from 'yaml';
import { EXIT, UserError } from '../../errors';
import type { AnyStage, InputPort } from '../../stage';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { exampleValue } from './example-value';
import { wrap } from '../../kit/text/wrap';
import { optionText } from './option-text';

/** A pipe has no width; lines of this width are readable. */
export const IN_A_PIPE = 100;

type Stages = Readonly<Record<string, AnyStage>>;

/**
 * What `pipeline stages [NAME]` prints: every stage in a line, or all about one. Throws UserError `unknown-stage` with the nearest
 * name.
 * @param width of a line in characters
 */
export function stagesText(stages: Stages, name?: string, width = IN_A_PIPE): string {
  if (name === undefined) return listText(stages, width);
  const stage = Object.hasOwn(stages, name) ? stages[name] : undefined;
  if (stage) return stageText(stage, stages, width);
  const names = Object.keys(stages);
  throw new UserError(`Unknown stage ${quote(name)}: use ${alternatives(names)}${suggestion(name, names)}`, {
    code: 'unknown-stage',
    exit: EXIT.usage,
  });
}

function listText(stages: Stages, width: number): string {
  const rows = Object.values(stages).map(({ name, summary }) => [name, summary]);
  return `${table(rows, width)}\nDescribe one, with its inputs, outputs and options: pipeline stages NAME\n`;
}

function stageText(stage: AnyStage, stages: Stages, width: number): string {
  const inputs = Object.entries(stage.inputs).map(([name, port]) => [name, port.type, port.summary + remarks(port)]);
  const outputs = Object.entries(stage.outputs).map(([name, port]) => [name, port.type, port.summary]);
  const options = Object.entries(stage.options.properties).map(([name, schema]) =>
    optionText(name, schema, stage.options.required?.includes(name) === true, width),
  );
  const sections = [
    `${stage.name}, version ${stage.version}\n${wrap(stage.summary, { indent: 0, width })}`,
    section('Inputs', table(inputs, width)),
    section('Outputs', table(outputs, width)),
    section('Options', options.join('')),
    section('Example', indent(exampleOf(stage, stages))),
  ];
  return sections.join('\n');
}

function remarks({ optional, many, named }: InputPort): string {
  const words = [
    ...(optional === true ? ['optional'] : []),
    ...(many === true ? ['takes a list'] : []),
    ...(named === true ? ['takes lists by names of your choice'] : []),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** An entry of a pipeline file that names a maker for every input and a value for every option. */
function exampleOf(stage: AnyStage, stages: Stages): string {
  const inputs = Object.entries(stage.inputs).filter(([, port]) => port.optional !== true || makerOf(port, stages));
  const options = Object.entries(stage.options.properties).flatMap(([name, schema]) => {
    const value = exampleValue(schema, stage.options.required?.includes(name) === true);
    return value === undefined ? [] : [[name, value] as const];
  });
  const entry = {
    uses: stage.name,
    ...(inputs.length > 0
      ? { in: Object.fromEntries(inputs.map(([name, port]) => [name, exampleInput(port, stages)])) }
      : {}),
    ...(options.length > 0 ? { with: Object.fromEntries(options) } : {}),
  };
  return stringify({ [stage.name]: entry }, { lineWidth: 0 });
}

function exampleInput(port: InputPort, stages: Stages): string | string[] | Record<string, string[]> {
  const maker = makerOf(port, stages) ?? `<a stage that makes ${port.type}>`;
  if (port.named === true) return { one: [maker], another: [maker] };
  return port.many === true ? [maker] : maker;
}

/** How to refer to the first output of the type, with the name of the stage as its id. */
function makerOf({ type }: InputPort, stages: Stages): string | undefined {
  for (const { name, outputs } of Object.values(stages)) {
    const fitting = Object.keys(outputs).filter(port => outputs[port]!.type === type);
    if (fitting.length > 0) return fitting.length === 1 ? name : `${name}.${fitting[0]!}`;
  }
  return undefined;
}

function section(title: string, body: string): string {
  return `${title}\n${body === '' ? '  none\n' : body}`;
}

/** Columns, of which the last is broken where it is too wide. */
function table(rows: readonly (readonly string[])[], width: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  const lines = rows.map(row => {
    const first = `  ${row
      .slice(0, -1)
      .map((cell, column) => `${cell.padEnd(widths[column]!)}  `)
      .join('')}`;
    return first + wrap(row.at(-1)!, { indent: first.length, width }).slice(first.length);
  });
  return lines.join('');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

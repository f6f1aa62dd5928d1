import type { AnyStage } from '../../../stage';
import { formatBytesApart } from '../../../kit/text/human';
import { quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import { companionPaths } from './check-companions';
import { checkOptions } from './check-options';
import type { CheckedStep, Limits } from '../checked-pipeline';
import { connect, type Connections } from './connect';
import { openDirectory } from '../read/directory';
import { variableOf } from '../compose/expression';
import { readGroups, stepId, type StageGroup } from './groups';
import { interpolateOptions } from '../compose/interpolate-options';
import { linkCells, type LinkCells, type Links } from './link-cells';
import type { Module } from '../compose/modules';
import { orderSteps } from './order';
import { placesIn } from '../read/places';
import { placeOf } from '../read/positions';
import type { ReportProblem } from '../read/problem';
import type { Roots } from './roots';
import type { StepSpec } from '../compose/step-spec';

export interface StepsContext {
  /** Every stage there is, by name. */
  readonly stages: Readonly<Record<string, AnyStage>>;
  readonly roots: Roots;
  readonly report: ReportProblem;
}

/** The steps of a pipeline in an order in which they can run; fit for use only when nothing was reported. */
export function checkSteps(main: Module, { stages, roots, report }: StepsContext): CheckedStep[] {
  const groups = readGroups(main, stages, report);
  const directory = openDirectory(groups);
  const connections = new Map([...groups].map(([id, group]) => [id, connect(group, directory, report)]));
  const link = linkCells(report);
  const checked = new Map<string, CheckedStep[]>();
  for (const [id, group] of groups) {
    checked.set(id, checkGroup(group, connections.get(id)!, { link, roots, report, limits: main.spec.limits }));
  }
  // Stages in a circle are in a circle cell by cell, and there can be many cells.
  return orderSteps(needsOf(connections), report).flatMap(id => checked.get(id)!);
}

interface GroupContext {
  readonly link: LinkCells;
  readonly roots: Roots;
  readonly report: ReportProblem;
  /** Of the pipeline file, for stages that have none of their own. */
  readonly limits: Limits;
}

function checkGroup(
  group: StageGroup,
  connections: Connections,
  { link, roots, report, limits }: GroupContext,
): CheckedStep[] {
  const { stage, spec, module } = group;
  const { resources, retry, timeout } = spec.execution;
  const env = variablesOf(group, report);
  const place = { ...placeOf(spec.span), text: spec.id };
  const shared = { resources, retry, limits: { ...limits, ...spec.execution.limits }, env, place };
  warnOfLowLimit(spec, shared.limits, report);
  const common = { ...shared, ...(timeout === undefined ? {} : { timeout }) };
  return group.cells.flatMap(cell => {
    const matrix = spec.matrix ? cell.values : undefined;
    const values = interpolateOptions(spec.with, stage, { ...module.scope, matrix });
    const links = link(group, connections, cell);
    if (!stage) return [];
    const written = { options: values, connections, links, env: spec.execution.env };
    const options = checkOptions(spec, stage, values, roots, report);
    const inputs = toInputs(links);
    const companions = companionPaths(roots, stage, options);
    const made = { id: stepId(group, cell), stage, options, inputs, ...(companions.length > 0 && { companions }) };
    return [{ ...made, ...common, placesOf: leaf => placesIn(written, leaf) }];
  });
}

/** Setting more aside than is used keeps others from running beside a stage, so that this is no mistake. */
function warnOfLowLimit({ id, span, execution }: StepSpec, limits: Limits, report: ReportProblem): void {
  const needed = execution.resources.memory;
  if (needed === undefined || limits.memory === undefined || needed <= limits.memory) return;
  const [aside, limit] = formatBytesApart(needed, limits.memory);
  const whose = execution.limits.memory === undefined ? 'the "limits" beside "stages"' : 'its "limits"';
  const message = `Stage ${quote(id)} needs ${aside} of memory by its "resources", and is ended when it uses ${limit} by ${whose}: raise the limit, or set less aside`;
  report({ code: 'low-limit', message, span, isWarning: true });
}

/** Variables that the stage declares, with their values. */
function variablesOf({ spec, module }: StageGroup, report: ReportProblem): Record<string, string> {
  const { variables } = module.scope;
  const values = spec.execution.env.flatMap(({ name, span }): [string, string][] => {
    if (!variables.env.has(name)) {
      const hint = nearby(name, variables.env);
      const message = `Cannot give the variable ${quote(name)} to ${quote(spec.id)}: add it to the "env" at the top of the file, too${hint}`;
      report({ code: 'undeclared-env', message, span });
      return [];
    }
    const value = variableOf(variables, name);
    if (value !== undefined) return [[name, value]];
    const message = `Cannot give the variable ${quote(name)} to ${quote(spec.id)}: it is not set in the environment; set it`;
    report({ code: 'unset-env', message, span });
    return [];
  });
  return Object.fromEntries(values);
}

function toInputs(links: Links): CheckedStep['inputs'] {
  const ports = [...links].filter(([, outputs]) => outputs.length > 0);
  return Object.fromEntries(
    ports.map(([name, outputs]) => [name, outputs.map(({ step, port }) => ({ step, port }))] as const),
  );
}

function needsOf(connections: ReadonlyMap<string, Connections>) {
  const needs = [...connections].map(([id, ports]) => {
    const list = [...ports.values()].flatMap(port => port.connections);
    return [id, list.map(({ group, span }) => ({ step: group.id, span }))] as const;
  });
  return new Map(needs);
}

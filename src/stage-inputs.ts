import { splitPort } from './kit/text/port-names';

/** A typed input of a stage. Two ports fit when their `type` is equal. */
export interface InputPort {
  readonly type: string;
  readonly summary: string;
  readonly optional?: boolean;
  /** Accepts a list of artifacts (`in: {faces: [a, b]}`); order is kept. */
  readonly many?: boolean;
  /** Takes artifacts by names that the pipeline file chooses (`in: {teachers: {arcface: [a, b], adaface: c}}`); order is kept within a name. */
  readonly named?: boolean;
  /** The stage lists the folder: a file that somebody has put into the artifact would be read as a part of it, and is refused. */
  readonly isListed?: boolean;
}

export type InputPorts = Readonly<Record<string, InputPort>>;

/** One artifact that an input port is connected to. */
export interface StageInput {
  /** Id of the stage in the pipeline that made it. */
  readonly stage: string;
  /** Absolute path of the output port's folder. Read only. */
  readonly folder: string;
  /** Content digest of that folder: `sha256:<hex>`. */
  readonly digest: string;
}

type OnePort = InputPort & { readonly many?: false; readonly optional?: false };
type OptionalPort = InputPort & { readonly many?: false; readonly optional: true };
type ManyPort = InputPort & { readonly many: true };
type NamedPort = InputPort & { readonly named: true };

/** A port that is connected to one artifact: the body sees a `StageInput`. */
export function one(type: string, summary: string, more: Pick<InputPort, 'isListed'> = {}): OnePort {
  return { ...more, type, summary };
}

/** A port that may be left unconnected: the body sees a `StageInput` or undefined. */
export function optional(type: string, summary: string, more: Pick<InputPort, 'isListed'> = {}): OptionalPort {
  return { ...more, type, summary, optional: true };
}

/** A port that takes a list of artifacts: the body sees them in the order of the pipeline file, an empty list where an optional one is not connected. */
export function many(type: string, summary: string, more: Pick<InputPort, 'optional' | 'isListed'> = {}): ManyPort {
  return { ...more, type, summary, many: true };
}

/** A port that takes artifacts by names: the body sees lists by name, the names sorted, an empty map where an optional one is not connected. */
export function named(type: string, summary: string, more: Pick<InputPort, 'optional' | 'isListed'> = {}): NamedPort {
  return { ...more, type, summary, named: true };
}

/** What the body of a stage sees of its ports. Where the names of the ports are not known, every body fits. */
export type InputsOf<Ports> = string extends keyof Ports
  ? never
  : { readonly [Name in keyof Ports]: InputOf<Ports[Name]> };

type InputOf<Port> = Port extends { readonly named: true }
  ? Readonly<Record<string, readonly StageInput[]>>
  : Port extends { readonly many: true }
    ? readonly StageInput[]
    : Port extends { readonly optional: true }
      ? StageInput | undefined
      : StageInput;

/** The artifacts by port, as the engine has connected them; of a port with names by `port.name`. */
export type ConnectedInputs = Readonly<Record<string, readonly StageInput[]>>;

/** The one place where lists of artifacts become what the ports say. The engine has checked the connections, so a missing one is a defect. */
export function viewInputs<Ports extends InputPorts>(ports: Ports, connected: ConnectedInputs): InputsOf<Ports> {
  const view = Object.entries(ports).map(([name, port]) => [
    name,
    port.named === true ? underNames(name, connected) : viewPort(name, port, connected[name] ?? []),
  ]);
  return Object.fromEntries(view) as InputsOf<Ports>;
}

function underNames(port: string, connected: ConnectedInputs): Readonly<Record<string, readonly StageInput[]>> {
  const own = Object.entries(connected).flatMap(([called, artifacts]) => {
    const [of, name] = splitPort(called);
    return of === port && name !== undefined ? [[name, artifacts] as const] : [];
  });
  return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function viewPort(
  name: string,
  port: InputPort,
  artifacts: readonly StageInput[],
): StageInput | readonly StageInput[] | undefined {
  if (port.many) return artifacts;
  const [artifact, ...others] = artifacts;
  if (others.length > 0) throw new Error(`The input "${name}" takes one artifact, and has ${artifacts.length}`);
  if (artifact === undefined && !port.optional) throw new Error(`The input "${name}" is not connected`);
  return artifact;
}

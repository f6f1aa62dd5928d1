import { leavesOf, type Pointer } from '../../kit/schema-parts';
import { leafName, optionName } from '../../kit/text/leaf-name';
import type { AnyStage, Json } from '../../stage';

/** A path that an `input-path` option holds, at any depth. */
export interface PathOption {
  readonly pointer: Pointer;
  /** The name under which a stage has its `companions` and `reads`: `model`, `terms[].weights`; of a list of paths, the list: `folders`. */
  readonly option: string;
  /** For a person: `terms[0].weights`; of a list of paths, the list. */
  readonly name: string;
  /** In the key: `terms[0].weights`, `folders[1]`. */
  readonly leaf: string;
  /** '' where a default says that there is none. */
  readonly path: string;
}

/** A stage and its options. */
export interface Told {
  readonly stage: AnyStage;
  readonly options: Readonly<Record<string, Json>>;
}

/** The paths of options, in the order of the schema. Values of other types, which checked options have not, are passed over. */
export function pathOptions({ stage, options }: Told): PathOption[] {
  const paths: PathOption[] = [];
  for (const { pointer, place, schema, value } of leavesOf(stage.options as never, options)) {
    if (schema['format'] !== 'input-path' || typeof value !== 'string') continue;
    const option = place.replace(/(\[\])+$/, '');
    paths.push({ pointer, option, name: optionName(pointer), leaf: leafName(pointer), path: value });
  }
  return paths;
}

/** Those that name something. */
export function givenPaths(told: Told): PathOption[] {
  return pathOptions(told).filter(({ path }) => path !== '');
}

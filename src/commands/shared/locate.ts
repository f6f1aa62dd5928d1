import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { throughNames, type Action, type Store } from '../../workflow/store';
import { EXIT, UserError } from '../../errors';
import { PICTURES_FOLDER } from '../../stage';
import { plural } from '../../kit/text/human';
import { quote, suggestion } from '../../kit/text/quote';
import { entryAt } from './entry-at';

export interface LocateOptions {
  readonly cwd: string;
  readonly store: Pick<Store, 'root' | 'objects'>;
  /** Every action of the store, damaged ones left out. */
  readonly actions: readonly Action[];
}

/** An artifact that an argument names. */
export interface LocatedArtifact {
  /** Name of the folder under `objects/`. */
  readonly object: string;
  /** Absolute. */
  readonly folder: string;
  /** Path in the artifact, with `/`; null when the whole is meant. */
  readonly file: string | null;
  /** The actions that made this object, oldest first; empty when no record is left. */
  readonly actions: readonly Action[];
}

/**
 * Finds what a person means by a path of an artifact or of a file in it, by `pipeline/stage`, or by the beginning (4 digits or more) of an
 * object, digest or key. Throws UserError `artifact-not-found` or `ambiguous-artifact`.
 */
export function locateArtifact(argument: string, options: LocateOptions): LocatedArtifact {
  const { cwd, store } = options;
  const paths = [resolve(cwd, argument), resolve(store.root, argument)];
  const inside = paths
    .map(path => insideObjects(throughNames(store, path), store.objects) ?? pictureAt(path, store))
    .find(found => found !== undefined);
  if (inside) return located(inside, options);
  const byDigest = findByPrefix(argument, options);
  if (byDigest.length === 1) return located({ object: byDigest[0]!, file: null }, options);
  if (byDigest.length > 1) throw ambiguous(argument, byDigest, options);
  throw notFound(argument, paths, options);
}

/** A path below `objects/`, links resolved; undefined for any other path. */
export function insideObjects(
  path: string,
  objects: string,
): { readonly object: string; readonly file: string | null } | undefined {
  try {
    const place = relative(realpathSync(objects), realpathSync(path));
    if (place === '' || place.startsWith('..') || isAbsolute(place)) return undefined;
    const [object, ...rest] = place.split(sep);
    return { object: object!, file: rest.length === 0 ? null : rest.join('/') };
  } catch {
    return undefined;
  }
}

/** A picture by its name, drawn or not, so that the message can list the existing ones. */
function pictureAt(path: string, store: LocateOptions['store']): ReturnType<typeof insideObjects> {
  const folder = dirname(path);
  if (basename(folder) !== PICTURES_FOLDER) return undefined;
  const artifact = insideObjects(throughNames(store, dirname(folder)), store.objects);
  return artifact?.file === null ? { ...artifact, file: `${PICTURES_FOLDER}/${basename(path)}` } : undefined;
}

function located(
  { object, file }: Pick<LocatedArtifact, 'object' | 'file'>,
  { store, actions }: LocateOptions,
): LocatedArtifact {
  const own = actions.filter(action => action.object === object).sort((a, b) => (a.finished < b.finished ? -1 : 1));
  return { object, folder: join(store.objects, object), file, actions: own };
}

function findByPrefix(argument: string, { store, actions }: LocateOptions): string[] {
  const prefix = /^(?:sha256:)?([0-9a-f]{4,64})…?$/.exec(argument)?.[1];
  if (prefix === undefined) return [];
  const names = namesIn(store.objects).filter(name => name.startsWith(prefix));
  const made = actions
    .filter(({ key, digest }) => key.startsWith(prefix) || digest.startsWith(`sha256:${prefix}`))
    .map(({ object }) => object);
  return [...new Set([...names, ...made])];
}

function ambiguous(argument: string, objects: readonly string[], { actions }: LocateOptions): UserError {
  const shown = objects.slice(0, 6).map(object => {
    const action = actions.find(each => each.object === object);
    return action === undefined ? object : `${object} (${action.pipeline}/${action.step})`;
  });
  const more = objects.length > shown.length ? ` and ${objects.length - shown.length} more` : '';
  return new UserError(
    `${quote(argument)} is the beginning of ${plural(objects.length, 'artifact')}: ${shown.join(', ')}${more}; give more digits`,
    { code: 'ambiguous-artifact', exit: EXIT.usage },
  );
}

function notFound(argument: string, paths: readonly string[], { store, actions }: LocateOptions): UserError {
  const lost = paths.find(path => entryAt(path)?.isSymbolicLink());
  const present = paths.find(path => entryAt(path) !== undefined);
  const names = [...new Set(actions.map(({ pipeline, step }) => `${pipeline}/${step}`))].sort();
  const why =
    lost !== undefined
      ? `${lost} leads to an artifact that is gone; run its pipeline again`
      : present !== undefined
        ? `${present} is not in an artifact; give one of the folders in it, or a path of the form pipeline/stage`
        : names.length === 0
          ? `there are no artifacts in ${store.root}; run a pipeline, or give their folder with --artifacts`
          : `use pipeline/stage (such as ${names.slice(0, 3).join(', ')}), a path, or the first digits of a digest${suggestion(argument, names)}`;
  return new UserError(`Cannot find the artifact ${quote(argument)}: ${why}`, {
    code: 'artifact-not-found',
    exit: EXIT.usage,
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

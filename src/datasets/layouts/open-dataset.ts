import { UserError } from '../../errors';
import { AUTO } from '../../family';
import { LAYOUTS } from './index';
import type { Dataset, OpenOptions } from './layout';
import { listFolder } from './list-folder';

export type LayoutName = (typeof LAYOUTS.names)[number];

/**
 * Opens a data set that is laid out in a stated way. `auto` says that no layout was found when the step was planned.
 * Errors with `unknown-layout` (`UserError`), what the layout needs and what is there, when the folder is laid out otherwise.
 */
export async function openDataset(
  root: string,
  format: LayoutName | typeof AUTO,
  options: OpenOptions,
): Promise<Dataset> {
  // Never the one that would fit now: the key names another one, or none.
  const dataset = format === AUTO ? undefined : await LAYOUTS.members[format].open(root, options);
  if (dataset === undefined) throw await doesNotFit(root, format, options.split);
  return dataset;
}

/** The first layout of the list that recognises a folder; undefined when none does. Errors with a `UserError` for one that cannot be listed. */
export async function recognisedLayout(root: string, split: string): Promise<LayoutName | undefined> {
  for (const name of LAYOUTS.names) if (await LAYOUTS.members[name].recognise(root, split)) return name;
  return undefined;
}

async function doesNotFit(root: string, format: LayoutName | typeof AUTO, split: string): Promise<UserError> {
  const { folders, images, others } = await listFolder(root);
  const seen = [...folders.map(name => name + '/'), ...images, ...others];
  const shown = seen.length === 0 ? 'nothing' : seen.slice(0, 8).join(', ') + (seen.length > 8 ? ', …' : '');
  const fitting = await recognisedLayout(root, split);
  const needs = (name: LayoutName): string => `needs ${LAYOUTS.members[name].needs(split)}`;
  const why =
    format === AUTO
      ? `: no layout fits: ${LAYOUTS.names.map(name => `${name} ${needs(name)}`).join('; ')}`
      : ` as ${format}: it ${needs(format)}`;
  const then =
    fitting === undefined
      ? `${format === AUTO ? 'Give' : 'No other layout fits: give'} the folder above, or another split than "${split}"`
      : `It is laid out as ${fitting}: use format: ${fitting}`;
  return new UserError(`Cannot read data set ${root}${why}; the folder holds ${shown}. ${then}`, {
    code: 'unknown-layout',
  });
}

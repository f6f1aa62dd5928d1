import { join } from 'node:path';
import { spelled } from '../../kit/text/fold-name';
import { plural } from '../../kit/text/human';
import type { GroupFiles } from './group-files';
import { pathIn } from './group-photographs';
import type { Pair, ReadingRemarks } from './layout';
import { readPairsFile } from './pairs-file';

/** The pairs of a group with a pair file. Errors with `bad-pairs` (`UserError`). */
export async function groupPairs(
  root: string,
  group: GroupFiles & Required<Pick<GroupFiles, 'pairs'>>,
  { missing, remark }: Pick<ReadingRemarks, 'missing' | 'remark'>,
): Promise<Pair[]> {
  const alike = new Map<string, string>();
  const pairs = await readPairsFile(group.pairs, group, {
    missing: (image, found) => missing.add(group.name, image, found),
    alike: (identity, folder) => alike.set(identity, folder),
  });
  const [first] = alike;
  if (first !== undefined) {
    remark(
      `Group ${group.name}: ${group.pairs} writes ${plural(alike.size, 'identity')} in another case than on disk, ` +
        `such as ${spelled(first[0])} for ${spelled(first[1])}`,
    );
  }
  const pathOf = (image: string): string => pathIn(root, join(group.folder, image));
  return pairs.map(({ fold, a, b, genuine }) => ({ fold, a: pathOf(a), b: pathOf(b), genuine }));
}

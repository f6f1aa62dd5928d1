import { join } from 'node:path';
import { LANDMARKS, identityName, photo, put, temporaryFolder, type PhotoFolder } from './photo-folder';

/**
 * Writes the test split of a data set as RFW has it: two photographs of each of ten people a group, all different, and ten folds of one
 * genuine and one impostor pair: person `i` with itself, and with person `i + 1`.
 */
export async function writeTestSplit(groups: readonly string[]): Promise<PhotoFolder> {
  const root = await temporaryFolder('test-split');
  const txt = (group: string, kind: string): string => join(root, 'test/txts', group, `${group}_${kind}.txt`);
  let tone = 0;
  for (const group of groups) {
    const [rows, pairs]: [string[], string[]] = [[], []];
    for (let id = 0; id < 10; id++) {
      const [name, next] = [identityName(group, id), identityName(group, (id + 1) % 10)];
      for (const i of [1, 2]) {
        const path = `test/data/${group}/${name}/${name}_000${i}.jpg`;
        await put(root, path, await photo((tone += 3)));
        rows.push([`/rfw/${path}`, id, ...LANDMARKS].join('\t'));
      }
      pairs.push(`${name}\t1\t2`, `${name}\t1\t${next}\t2`);
    }
    await put(root, `test/txts/${group}/${group}_lmk.txt`, rows.join('\n'));
    await put(root, `test/txts/${group}/${group}_pairs.txt`, pairs.join('\n'));
  }
  return { root, txt };
}

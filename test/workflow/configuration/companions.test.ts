import { describe, expect, test } from '@jest/globals';
import { resolvedYaml } from '../../../src/workflow/configuration/resolved';
import { UserError } from '../../../src/errors';
import type { AnyStage } from '../../../src/stage';
import { accepted, printed, loadToy, refused, type Rest } from './load-toy';
import { TOY_STAGES } from './toy-stages';

const NAME = 'name: toy\nstages:\n  read:\n    uses: read-faces\n    with: ';
let asked = 0;
/** A folder of photographs that refers to what its last part says. */
const stages: Readonly<Record<string, AnyStage>> = {
  ...TOY_STAGES,
  'read-faces': {
    ...TOY_STAGES['read-faces']!,
    companions: {
      folder: path => {
        asked++;
        if (path.endsWith('broken'))
          throw new UserError(`Cannot use ${path}: it is broken; mend it`, { code: 'bad-table' });
        if (path.endsWith('defect')) throw new TypeError('x is not a function');
        return path.endsWith('alone') ? [] : ['a.data', `${path.split('/').at(-1)!}.data`];
      },
      lists: path => [`${path.split('/').at(-1)!}.more`],
    },
  },
};
const rest: Rest = { stages };

const withNeighbour = (name: string): typeof stages => ({
  ...stages,
  'read-faces': { ...stages['read-faces']!, companions: { lists: () => [name] } },
});

describe('files that belong to one that an option names', () => {
  test('are absolute paths of the step, and of the resolved pipeline, which loads again', () => {
    const pipeline = accepted(`roots: [/else]\n${NAME}{ folder: sub/all, lists: [/else/one] }`, rest);
    const companions = ['/proj/here/sub/a.data', '/proj/here/sub/all.data', '/else/one.more'];
    expect(pipeline.steps[0]!.companions).toEqual(companions);
    const again = accepted(resolvedYaml(pipeline), { ...rest, cwd: '/home/other' });
    expect(again.steps[0]!.companions).toEqual(companions);
  });

  test('are none where the stage knows none', () => {
    expect(accepted(`${NAME}{ folder: alone }`, rest).steps[0]!.companions).toBeUndefined();
  });

  test('are mistakes with a place when one is missing', () => {
    const [mistake] = refused(`${NAME}{ folder: alone, lists: [sub/y] }`, {
      ...rest,
      stages: withNeighbour('missing.data'),
    });
    expect(mistake).toMatchObject({
      code: 'missing-companion',
      line: 5,
      column: 36,
      text: expect.stringContaining('sub/y'),
    });
    expect(mistake!.message).toBe(
      'Cannot use "sub/y", option "lists" of read-faces: it refers to /proj/here/sub/missing.data, which does not exist; ' +
        'copy it there from where "sub/y" came from',
    );
  });

  test('are mistakes when one leads out of the roots, and none when a root holds it', () => {
    const links = { 'sub/x.data': '/secret/x.data' };
    const found = refused(`${NAME}{ folder: sub/x }`, { ...rest, links });
    expect(found).toMatchObject([{ code: 'outside-roots' }]);
    expect(printed(loadToy(`${NAME}{ folder: sub/x }`, { ...rest, links }))).toMatch(
      /toy\.yaml:5:21 .*it refers to \/proj\/here\/sub\/x\.data, which leads to \/secret\/x\.data, which is outside/,
    );
    expect(
      accepted(`${NAME}{ folder: sub/x }`.replace('stages', 'roots: [/secret]\nstages'), { ...rest, links }),
    ).toBeDefined();
  });

  test('say what is wrong with the file itself; a defect stays one', () => {
    expect(refused(`${NAME}{ folder: sub/broken }`, rest)).toMatchObject([
      { code: 'bad-table', message: expect.stringContaining('it is broken; mend it (option "folder" of read-faces)') },
    ]);
    expect(() => loadToy(`${NAME}{ folder: sub/defect }`, rest)).toThrow(TypeError);
  });

  test('are looked for once, however many cells read the file', () => {
    asked = 0;
    const text = `name: toy\nstages:\n  read: { uses: read-faces, matrix: { x: [1, 2, 3] }, with: { folder: sub/all } }`;
    expect(accepted(text, rest).steps).toHaveLength(3);
    expect(asked).toBe(1);
  });

  test('are written where the file is', () => {
    const [step] = accepted(`${NAME}{ folder: sub/all, lists: [one] }`, rest).steps;
    expect(step!.placesOf('options.folder/all.data')).toMatchObject([{ line: 5, column: 21 }]);
    expect(step!.placesOf('options.lists[0]/one.more')).toMatchObject([{ line: 5, column: 38 }]);
  });
});

import { expect, test } from '@jest/globals';
import { manifestOf, runToEnd, temporaryFolder, textOf, toyPipeline } from '../../helpers/rig';
import { say, toyStage, writeText } from '../../helpers/toy-stages';
import type { StageInput } from '../../../src/stage';
import type { CheckedPipeline } from '../../../src/workflow/configuration/checked-pipeline';

const meet = toyStage(
  'meet',
  async (context, emit) => {
    const texts = context.inputs.texts as unknown as Readonly<Record<string, readonly StageInput[]>>;
    const met = Object.entries(texts).map(([name, list]) => `${name}: ${list.map(({ stage }) => stage).join(' ')}`);
    emit({ type: 'metrics', values: { names: Object.keys(texts), ports: Object.keys(context.inputs) } });
    await writeText(context, met.join('\n'));
  },
  { inputs: { texts: { type: 'text', summary: 'Texts by name', named: true, isListed: true } } },
);

/** Words of two stages, connected in this way. */
function pipeline(connected: Readonly<Record<string, readonly string[]>>): CheckedPipeline {
  const words = { a: { uses: 'say', with: { word: 'a' } }, b: { uses: 'say', with: { word: 'b' } } };
  const toys = toyPipeline({ ...words, it: { uses: 'meet' } }, { say, meet });
  const ports = Object.entries(connected).map(([name, from]) => {
    return [`texts.${name}`, from.map(step => ({ step, port: 'text' }))] as const;
  });
  const inputs = Object.fromEntries(ports);
  return { ...toys, steps: toys.steps.map(step => (step.id === 'it' ? { ...step, inputs } : step)) };
}

test('a stage gets what is connected by name, sorted; the order of the names in the file changes no key, all else does', async () => {
  const artifacts = await temporaryFolder();
  let why: readonly string[] = [];
  const outcome = async (connected: Parameters<typeof pipeline>[0]): Promise<string | undefined> => {
    const events = await runToEnd(pipeline(connected), artifacts);
    why = events.flatMap(event =>
      event.type === 'stage-planned' && event.stage === 'it'
        ? event.because.map(({ leaf, text }) => `${leaf}: ${text}`)
        : [],
    );
    return events.filter(({ type }) => /^stage-(reused|finished|failed)$/.test(type)).at(-1)?.type;
  };
  expect(await outcome({ vit: ['b', 'a'], ada: ['a'] })).toBe('stage-finished');
  expect(await textOf(artifacts, 'it')).toBe('ada: a\nvit: b a');
  expect((await manifestOf(artifacts, 'it')).metrics).toEqual({ names: ['ada', 'vit'], ports: ['texts'] });
  expect((await manifestOf(artifacts, 'it')).inputs.map(({ port, step }) => [port, step])).toEqual([
    ['texts.vit', 'b'],
    ['texts.vit', 'a'],
    ['texts.ada', 'a'],
  ]);
  expect(await outcome({ ada: ['a'], vit: ['b', 'a'] })).toBe('stage-reused');
  expect(await outcome({ ada: ['a'], vit: ['a', 'b'] })).toBe('stage-finished');
  expect(why).toEqual(['inputs.texts.vit[0]: input a changed', 'inputs.texts.vit[1]: input b changed']);
  expect(await outcome({ ada: ['a'], vit2: ['b', 'a'] })).toBe('stage-finished');
});

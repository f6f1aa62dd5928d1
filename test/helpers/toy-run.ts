import { listenForInterrupts } from '../../src/commands/run/interrupts';
import { openStore } from '../../src/workflow/store/store';
import { processEffects } from '../../src/effects';
import { chooseLogger } from '../../src/workflow/loggers/choose-logger';
import { runPipeline } from '../../src/workflow/run/run';
import { everyStep, toyChildren, toyPipeline, toyRunOptions, type ToyStep } from './rig';
import { TOYS } from './toy-stages';

/** A program for tests that kill one: `toy-run.ts <artifacts> <steps as JSON>`. */
async function main(artifacts: string, steps: Record<string, ToyStep>): Promise<number> {
  const effects = processEffects();
  const logger = chooseLogger(effects, 'json-lines');
  const interrupts = listenForInterrupts(() => logger.close(), effects.terminal);
  let exit = 1;
  const store = await openStore(artifacts, effects);
  const options = { jobs: 2, engine: '', executor: toyChildren(), signal: interrupts.signal };
  const pipeline = toyPipeline(steps, TOYS);
  await runPipeline(pipeline, everyStep(pipeline), toyRunOptions(store, options)).forEach(event => {
    logger.log(event);
    if (event.type === 'run-finished') exit = event.exit;
  });
  interrupts.release();
  return exit;
}

const [artifacts, steps] = process.argv.slice(2);
void main(artifacts!, JSON.parse(steps!) as Record<string, ToyStep>).then(exit => (process.exitCode = exit));

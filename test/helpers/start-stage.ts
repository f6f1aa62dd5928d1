import { from, switchMap, type Observable } from 'rxjs';
import type { Stage, StageContext, StageEvent } from '../../src/stage';
import { viewInputs, type ConnectedInputs } from '../../src/stage-inputs';

/** What the engine tells a stage, its inputs as the pipeline connects them. */
export type TestContext<Options> = Omit<StageContext<Options, never>, 'inputs'> & { readonly inputs: ConnectedInputs };

/** The work of a stage, as the engine would start it. */
export function startStage<Options>(stage: Stage<Options>, context: TestContext<Options>): Observable<StageEvent> {
  const inputs = viewInputs(stage.inputs, context.inputs);
  return from(stage.body()).pipe(switchMap(body => body.run({ ...context, inputs })));
}

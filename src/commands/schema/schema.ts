import { STAGES } from '../../../stages';
import { pipelineSchema } from '../../workflow/configuration/schema/json-schema';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { ENGINE_CHOICES } from '../shared/engine-choices';

/** The JSON schema of pipeline files, as text. */
export function schemaText(): string {
  return `${JSON.stringify(pipelineSchema(STAGES, ENGINE_CHOICES), null, 2)}\n`;
}

/** `pipeline schema`. Returns the exit code. */
export function schemaCommand({ out }: Effects): number {
  out.write(schemaText());
  return EXIT.done;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readStageCode, type StageCode } from '../../workflow/keys/stage-code';

const FILE = 'stage-code.json';

/** What the build knows about the code of the stages. Throws UserError `stage-code` when there is no build. */
export function loadStageCode(): StageCode {
  const besideBuild = join(__dirname, '..', '..', '..', FILE);
  // From TypeScript, as in tests, the last build is taken.
  return readStageCode(existsSync(besideBuild) ? besideBuild : join(__dirname, '..', '..', '..', 'dist', FILE));
}

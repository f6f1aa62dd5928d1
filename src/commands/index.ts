import type { Command } from 'commander';
import { defineAccept } from './accept/define';
import { defineCompare } from './compare/define';
import { defineCompletion } from './completion/define';
import { defineDag } from './dag/define';
import { defineDoctor } from './doctor/define';
import { defineExplain } from './explain/define';
import { defineGc } from './gc/define';
import { defineInit } from './init/define';
import { defineLineage } from './lineage/define';
import { defineLog } from './log/define';
import { definePlan } from './plan/define';
import { defineRun } from './run/define';
import { defineRuns } from './runs/define';
import { defineSchema } from './schema/define';
import { defineShow } from './show/define';
import { defineStages } from './stages/define';
import { defineStatus } from './status/define';
import { defineVerify } from './verify/define';
import type { CommandContext } from './shared/arguments';

/** Every command, in the order of `pipeline --help`: what runs, what looks, what keeps the store, what sets up. Each defines itself in `<verb>/define.ts`. */
export const COMMANDS: readonly ((program: Command, context: CommandContext) => void)[] = [
  defineRun,
  definePlan,
  defineExplain,
  defineStatus,
  defineDag,
  defineRuns,
  defineCompare,
  defineLog,
  defineLineage,
  defineShow,
  defineVerify,
  defineAccept,
  defineGc,
  defineInit,
  defineStages,
  defineSchema,
  defineDoctor,
  defineCompletion,
];

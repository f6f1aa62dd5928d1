import { toyChildren } from './rig';
import { toyRequest } from './toy-request';

/** A program that runs a stage in a process of its own, and says so when the stage has begun: `toy-parent.ts <stage> <word>`. */
async function main(stage: string, word: string): Promise<void> {
  await toyChildren()
    .run(await toyRequest(stage, { options: { word } }), new AbortController().signal)
    .forEach(event => {
      if (event.type === 'progress') process.stdout.write('begun\n');
    });
}

void main(process.argv[2]!, process.argv[3]!);

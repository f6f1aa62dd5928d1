import { join } from 'node:path';
import type { AnyStage, Picture } from '../../src/stage';

/** The pictures of a finished artifact by the names of their files, in order. */
export async function drawPictures(stage: AnyStage, folder: string): Promise<ReadonlyMap<string, Picture['content']>> {
  const source = await stage.pictures!();
  const pictures = new Map<string, Picture['content']>();
  for await (const { file, caption, content } of source.draw({ folder, output: port => join(folder, port) })) {
    if (caption === '' || pictures.has(file)) throw new Error(`A picture ${file} "${caption}"`);
    pictures.set(file, content);
  }
  return pictures;
}

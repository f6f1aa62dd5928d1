import type { Samples, SourceSet } from './samples';

/** The photographs behind samples, for an error message: `stage: path, path; stage: …`. Reads the tables of the sets again. */
export async function describeSamples(
  sources: readonly SourceSet[],
  { sets, rows }: Samples,
  wanted: Uint32Array,
): Promise<string> {
  const texts: string[] = [];
  for (const [set, { input, faces }] of sources.entries()) {
    const ofSet = new Set(
      Array.from(
        wanted.filter(sample => sets[sample] === set),
        sample => rows[sample]!,
      ),
    );
    if (ofSet.size === 0) continue;
    const paths: string[] = [];
    for await (const { row, path } of faces.rows()) if (ofSet.has(row)) paths.push(path);
    texts.push(`${input.stage}: ${paths.join(', ')}`);
  }
  return texts.join('; ');
}

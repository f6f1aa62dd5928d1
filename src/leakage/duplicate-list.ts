import { open } from 'node:fs/promises';
import { quote } from '../kit/text/quote';
import type { FaceRow, FaceSet } from '../data/face-set';
import { placesOf, type PlacedFaces } from './face-contents';
import { DUPLICATE, isConflict } from './find-duplicates';

/** A face set and the stage that made it. */
export interface NamedSet {
  readonly stage: string;
  readonly faces: FaceSet;
}

/** Pictures named in a message, and faces named of each; all are in the file. */
const EXAMPLES = 3;
/** Lines gathered before they are written. */
const LINES = 1024;

/**
 * Lists the faces with flags in a text file, a line each, separated by tabs: what is the same, the picture's number, the
 * place of the face set, domain, group, identity, path. Returns the first few pictures that several people share, in words.
 */
export async function listDuplicates(
  file: string,
  sets: readonly NamedSet[],
  placed: PlacedFaces,
  flags: Uint8Array,
): Promise<string[]> {
  const list = await open(file, 'w');
  const shared = new Map<string, Example>();
  let lines = ['same\tpicture\tset\tdomain\tgroup\tidentity\tpath\n'];
  try {
    for (const [set, { stage, faces }] of sets.entries()) {
      const places = placesOf(placed, set, faces.count);
      if (!places.some(place => place >= 0 && flags[place] !== 0)) continue;
      for await (const face of faces.rows()) {
        const found = places[face.row]! < 0 ? 0 : flags[places[face.row]!]!;
        if (found === 0) continue;
        const line = [
          sameness(found),
          pictureOf(face, found),
          // Not the stage: its name differs between pipelines that share this artifact.
          set,
          face.domain,
          face.group,
          face.identity,
          face.path,
        ];
        lines.push(line.join('\t') + '\n');
        if (isConflict(found)) await offer(shared, pictureOf(face, found), { stage, faces }, face, found);
        if (lines.length >= LINES) await list.appendFile(lines.splice(0).join(''));
      }
    }
    await list.appendFile(lines.join(''));
  } finally {
    lines = [];
    await list.close();
  }
  return [...shared.values()].map(describe);
}

/** `pixels` or `file` of another person's face, `own` for another face of the same person. */
function sameness(flags: number): string {
  if (flags & DUPLICATE.pixels) return 'pixels';
  return flags & DUPLICATE.photograph ? 'file' : 'own';
}

function pictureOf({ key, photo }: FaceRow, flags: number): string {
  const byFile = (flags & (DUPLICATE.pixels | DUPLICATE.photograph)) === DUPLICATE.photograph;
  return (byFile ? photo! : key).slice(0, 16);
}

interface Example {
  readonly same: string;
  /** In words, by person. */
  readonly faces: Map<string, string>;
  readonly oneColour: boolean;
  count: number;
}

async function offer(
  shared: Map<string, Example>,
  picture: string,
  { stage, faces }: NamedSet,
  face: FaceRow,
  flags: number,
): Promise<void> {
  let example = shared.get(picture);
  if (!example) {
    if (shared.size === EXAMPLES) return;
    const same = sameness(flags);
    const oneColour = same === 'pixels' && (await isOneColour(faces, face.row));
    shared.set(picture, (example = { same, faces: new Map(), oneColour, count: 0 }));
  }
  example.count++;
  const { domain, group, identity, path } = face;
  const person = `${quote(`${domain}/${group}/${identity}`)} (${stage})`;
  if (example.faces.size < EXAMPLES && !example.faces.has(person))
    example.faces.set(person, `${quote(path)} of ${person}`);
}

async function isOneColour(faces: FaceSet, row: number): Promise<boolean> {
  const pixels = new Uint8Array(faces.size ** 2 * 3);
  await faces.readPixels(row, pixels);
  return pixels.every((value, i) => value === pixels[i % 3]);
}

function describe({ same, faces, oneColour, count }: Example): string {
  const more = count > faces.size ? ` and ${count - faces.size} more` : '';
  const what = same === 'pixels' ? 'the same pixels' : 'the same file';
  const why = oneColour ? ', all of one colour: their landmarks are outside the picture, or the picture is empty' : '';
  return `${[...faces.values()].join(' = ')}${more}: ${what}${why}`;
}

import { readdirSync, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOG_FILE } from '../../workflow/store/objects/contents';
import { flattenMetrics } from '../../workflow/overview/flatten-metrics';
import { readManifest, type FileRecord, type Manifest } from '../../workflow/store';
import { EXIT, UserError } from '../../errors';
import { clip, printable } from '../../kit/text/printable';
import { formatBytes, formatSeconds, plural } from '../../kit/text/human';
import { quote } from '../../kit/text/quote';
import { sha256File } from '../../kit/files/sha256';
import { insideObjects, type LocateOptions } from '../shared/locate';
import { readStart } from '../show/read-start';
import { ageOf, dateOf, shortPath, shortRun } from '../shared/wording';
import { aligned } from '../../kit/text/aligned';

export interface ProducerOptions extends LocateOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An artifact that holds what was asked for. */
interface Finding {
  readonly object: string;
  readonly manifest: Manifest;
  /** The files that match; empty when the artifact itself does. */
  readonly files: readonly FileRecord[];
}

interface Findings {
  readonly findings: readonly Finding[];
  /** Artifacts with a damaged manifest. */
  readonly unreadable: number;
}

const MOST_FINDINGS = 10;
const MOST_FILES = 8;
const LOG_LINES = 20;

/**
 * What `pipeline log` prints: which artifacts hold a file (by its path in the store, by its content anywhere, or by the first 4 digits or more of a
 * digest), what made them, with which options, and the end of its log. Throws UserError `producer-not-found`.
 */
export async function producerText(argument: string, options: ProducerOptions): Promise<string> {
  const { findings, unreadable } = await findOrThrow(argument, options);
  const warning = unreadable === 0 ? [] : [unreadableText(unreadable), ''];
  const texts = await Promise.all(findings.slice(0, MOST_FINDINGS).map(finding => findingLines(finding, options)));
  const more = findings.length - texts.length;
  const rest = more > 0 ? [`… and ${plural(more, 'artifact')} more; give more digits`, ''] : [];
  return [...warning, ...texts.flatMap(lines => [...lines, '']), ...rest].join('\n');
}

/** The same for programs: every artifact with its whole manifest, and the files that match. */
export async function producerJson(argument: string, options: ProducerOptions): Promise<string> {
  const { findings, unreadable } = await findOrThrow(argument, options);
  const artifacts = findings.map(({ object, manifest, files }) => ({ ...manifest, object, files }));
  return `${JSON.stringify({ kind: 'fairdistill-producers', format: 1, unreadable, artifacts }, null, 1)}\n`;
}

async function findOrThrow(argument: string, options: ProducerOptions): Promise<Findings> {
  const { asked, ...found } = await findProducers(argument, options);
  if (found.findings.length > 0) return found;
  const doubt = found.unreadable === 0 ? '' : `; ${unreadableText(found.unreadable)}`;
  throw new UserError(
    `Cannot find what made ${asked}: no artifact in ${options.store.root} holds it${doubt}. Give a path, or at least 4 digits of a digest`,
    { code: 'producer-not-found', exit: EXIT.usage },
  );
}

function unreadableText(count: number): string {
  return `${plural(count, 'artifact')} could not be read and may hold it too, see pipeline verify`;
}

async function findProducers(
  argument: string,
  options: ProducerOptions,
): Promise<Findings & { readonly asked: string }> {
  const { cwd, store } = options;
  const paths = [resolve(cwd, argument), resolve(store.root, argument)];
  const inside = paths.map(path => insideObjects(path, store.objects)).find(found => found !== undefined);
  if (inside) {
    const manifest = readManifest(join(store.objects, inside.object));
    const asked = quote(argument);
    if (typeof manifest === 'string') return { findings: [], unreadable: 1, asked };
    const files = manifest.files.filter(({ path }) => path === inside.file || path.startsWith(`${inside.file ?? ''}/`));
    return { findings: [{ object: inside.object, manifest, files }], unreadable: 0, asked };
  }
  const prefix = /^(?:sha256:)?([0-9a-f]{4,64})…?$/.exec(argument)?.[1];
  const target = fileAt(paths[0]!);
  if (target !== undefined) {
    const digest = await sha256File(paths[0]!, target.size);
    return {
      ...search(
        store.objects,
        file => file.sha256 === digest,
        () => false,
      ),
      asked: `a file with the content of ${quote(argument)}`,
    };
  }
  if (prefix === undefined) return { findings: [], unreadable: 0, asked: quote(argument) };
  const own = new Set(options.actions.filter(({ key }) => key.startsWith(prefix)).map(({ object }) => object));
  const isMeant = ({ object, manifest }: Finding): boolean =>
    own.has(object) ||
    object.startsWith(prefix) ||
    [manifest.digest, ...Object.values(manifest.outputs).map(({ digest }) => digest)].some(digest =>
      digest.startsWith(`sha256:${prefix}`),
    );
  return { ...search(store.objects, file => file.sha256.startsWith(prefix), isMeant), asked: quote(argument) };
}

function search(
  objects: string,
  isFile: (file: FileRecord) => boolean,
  isMeant: (finding: Finding) => boolean,
): Findings {
  const findings: Finding[] = [];
  let unreadable = 0;
  for (const object of readdirSync(objects).sort()) {
    const manifest = readManifest(join(objects, object));
    if (typeof manifest === 'string') {
      unreadable++;
      continue;
    }
    const finding = { object, manifest, files: manifest.files.filter(isFile) };
    if (finding.files.length > 0 || isMeant(finding)) findings.push(finding);
  }
  return { findings, unreadable };
}

async function findingLines(
  { object, manifest, files }: Finding,
  { store, cwd, now, actions }: ProducerOptions,
): Promise<string[]> {
  const { pipeline, step, stage, run, finished, seconds, options } = manifest;
  const others = actions.filter(action => action.object === object && action.key !== manifest.key);
  const shown = files.slice(0, MOST_FILES);
  return [
    `${printable(pipeline)}/${printable(step)}`,
    ...aligned([
      ['  made by', `${printable(stage.name)}, version ${stage.version}, in run ${printable(run)}`],
      ['  when', `${dateOf(finished)}, ${ageOf(finished, now)}; it took ${formatSeconds(seconds)}`],
      ['  folder', shortPath(join(store.objects, object), cwd)],
    ]),
    ...others.map(
      action => `  also made by ${printable(action.pipeline)}/${printable(action.step)} in run ${shortRun(action.run)}`,
    ),
    ...section(
      'files',
      shown.map(({ path, bytes, sha256 }) => [
        `    ${clip(path, 80)}`,
        formatBytes(bytes),
        `sha256:${printable(sha256)}`,
      ]),
    ),
    ...(files.length > shown.length ? [`    … and ${plural(files.length - shown.length, 'file')} more`] : []),
    ...section(
      'options',
      flattenMetrics(options).map(([name, value]) => [`    ${clip(name, 40)}`, clip(value, 80)]),
    ),
    ...(await logTail(join(store.objects, object, LOG_FILE))),
  ];
}

/** The end of the stage's log. */
async function logTail(path: string): Promise<string[]> {
  if (fileAt(path) === undefined) return ['  log: none'];
  const { text } = await readStart(path);
  const lines = printable(text)
    .trimEnd()
    .split('\n')
    .filter(line => line !== '');
  if (lines.length === 0) return ['  log: empty'];
  const title = lines.length > LOG_LINES ? `  log, the last ${LOG_LINES} of ${lines.length} lines` : '  log';
  return [title, ...lines.slice(-LOG_LINES).map(line => `    ${line}`)];
}

/** A regular file, or a link to one: people may link what they have made. */
function fileAt(path: string): Stats | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`  ${title}`, ...aligned(rows)];
}

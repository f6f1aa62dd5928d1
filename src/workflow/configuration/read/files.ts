import { dirname, relative, resolve, sep } from 'node:path';
import { quote } from '../../../kit/text/quote';
import type { SourceFile } from '../checked-pipeline';
import type { Disk, Unreadable } from './disk';
import { fullBudget, MAX_BYTES, MAX_FILES } from './limits';
import type { Located } from './located';
import { fileTooLarge, parseYaml, startOf } from './parse';
import type { ReportProblem, Span } from './problem';
import type { Word } from './shape';

/** A file and what is in it. */
export interface OpenFile {
  readonly source: SourceFile;
  /** Its path with every link resolved, which identifies the file. */
  readonly real: string;
  readonly root: Located;
}

/** The files that a pipeline is read from, within limits for all of them together. */
export interface Files {
  /** In the order in which they were read, each once. */
  readonly sources: readonly SourceFile[];
  /** The pipeline file itself; undefined when it cannot be read (reported). */
  main(): OpenFile | undefined;
  /** A file that another one names, relative to the folder of that one; undefined when it cannot be read (reported). */
  open(reference: Word, wanted: string): OpenFile | undefined;
  /** A path for a message: relative to the working directory if the file is below it. */
  shown(path: string): string;
}

export interface FilesOptions {
  /** Absolute path of the pipeline file. */
  readonly file: string;
  /** Absolute. */
  readonly cwd: string;
  readonly disk: Disk;
  readonly report: ReportProblem;
}

export function openFiles({ file, cwd, disk, report }: FilesOptions): Files {
  const budget = fullBudget();
  const sources: SourceFile[] = [];
  const shown = (path: string): string => (isWithin(path, cwd) ? relative(cwd, path) || '.' : path);
  // The folders that a person has chosen: the one of the file, and the one in which the command was typed.
  const homes = [dirname(file), cwd].flatMap(folder => disk.realpath(folder) ?? []);

  const parse = (source: SourceFile, real: string, wanted: string): OpenFile | undefined => {
    if (!sources.some(({ path }) => path === source.path)) sources.push(source);
    const root = parseYaml(source, { budget, report, wanted });
    return root && { source, real, root };
  };

  return {
    sources,
    shown,
    main: () => {
      budget.files--;
      const content = disk.read(file, MAX_BYTES);
      const source = { path: file, text: withoutByteOrderMark(content.text ?? '') };
      if (content.text !== undefined) return parse(source, disk.realpath(file) ?? file, 'it needs "name" and "stages"');
      sources.push(source);
      report({ ...unreadable(content, shown(file), startOf(source)) });
      return undefined;
    },
    open: ({ name, span }, wanted) => {
      if (--budget.files < 0) {
        const message = `Cannot read ${quote(name)}: a pipeline is read from at most ${MAX_FILES} files`;
        report({ code: 'too-many-files', message, span });
        return undefined;
      }
      const path = resolve(dirname(span.source.path), name);
      const real = name === '' ? undefined : disk.realpath(path);
      if (real === undefined) {
        report(unreadable({ reason: 'missing' }, shown(path), span));
        return undefined;
      }
      if (!homes.some(home => isWithin(real, home))) {
        const link = real === path ? '' : `, which is ${real},`;
        const message = `Cannot read ${quote(name)}: ${path}${link} is neither in the folder of the pipeline file nor in the working directory; copy it there`;
        report({ code: 'outside-folder', message, span });
        return undefined;
      }
      const content = disk.read(real, MAX_BYTES);
      if (content.text !== undefined) {
        const known = sources.find(source => source.path === real);
        return parse(known ?? { path: real, text: withoutByteOrderMark(content.text) }, real, wanted);
      }
      report(unreadable(content, shown(real), span));
      return undefined;
    },
  };
}

/** Whether a path is a folder or is below it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Editors hide the mark, so it must not shift the columns of the first line. */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function unreadable({ reason, bytes = 0 }: Unreadable, path: string, span: Span) {
  if (reason === 'too-large') return { ...fileTooLarge(span.source, bytes), span };
  const why = {
    missing: ['missing-file', 'there is no such file; paths are relative to the file that names them'],
    'not-a-file': ['not-a-file', 'it is a folder or a device, wanted a regular file'],
    'not-text': ['not-text', 'it is not UTF-8 text; save it as UTF-8'],
    unreadable: ['unreadable-file', 'the system denies access; check its permissions'],
  } as const;
  const [code, words] = why[reason];
  return { code, message: `Cannot read ${quote(path)}: ${words}`, span };
}

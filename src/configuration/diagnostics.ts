import { relative } from 'node:path';
import { escapeInvisible } from '../util/quote';
import type { SourceFile } from './checked-pipeline';
import { positionOf } from './positions';
import type { Problem, Span } from './problem';
import { underline } from './underline';

/** After these, a file is better begun anew. */
const MAX_SHOWN = 50;

/** A place in a file. */
export interface Position {
  /** Absolute path: of the pipeline file or of one that it extends, imports or takes parameters from. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units, as editors count. */
  readonly column: number;
  /** Of the part on this line, at least 1. */
  readonly length: number;
}

/** One mistake in the files of a pipeline, as people and editors want it. */
export interface Diagnostic extends Position {
  /** Stable, for tests and programs. */
  readonly code: string;
  /** What was found, what is accepted and the nearest right word; no final period. */
  readonly message: string;
  readonly notes?: readonly (Position & { readonly message: string })[];
}

/** File by file as they were read, each from the top. */
export function toDiagnostics(problems: readonly Problem[], sources: readonly SourceFile[]): Diagnostic[] {
  const diagnostics = problems.map(({ code, message, span, notes = [] }): Diagnostic => {
    const located = notes.map(note => ({ message: note.message, ...toPosition(note.span) }));
    return { code, message, ...toPosition(span), ...(located.length > 0 ? { notes: located } : {}) };
  });
  const ranks = new Map(sources.map(({ path }, rank) => [path, rank]));
  const rank = ({ file }: Diagnostic) => ranks.get(file) ?? Infinity;
  return diagnostics.sort((a, b) => compare(rank(a), rank(b)) || a.line - b.line || a.column - b.column);
}

export interface PrintOptions {
  /** Of the files that the mistakes are in. */
  readonly sources: readonly SourceFile[];
  /** Paths are shown relative to it. */
  readonly cwd: string;
}

/** Mistakes as text: `file:line:column message`, the line, a squiggle under what is wrong, and the same for notes. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], { sources, cwd }: PrintOptions): string {
  const shown = diagnostics.slice(0, MAX_SHOWN);
  const lines = linesOf(sources, shown);
  const print = (position: Position & { message: string }, indent: string): string => {
    const line = lines.get(position.file)?.get(position.line) ?? '';
    return block(relative(cwd, position.file) || position.file, line, position, indent);
  };
  const blocks = shown.map(diagnostic => {
    const notes = (diagnostic.notes ?? []).map(note => print(note, '  '));
    return [print(diagnostic, ''), ...notes].join('');
  });
  const hidden = diagnostics.length - MAX_SHOWN;
  if (hidden > 0) blocks.push(`… and ${hidden} more\n`);
  return blocks.join('\n');
}

function toPosition(span: Span): Position {
  const { line, column, lineEnd } = positionOf(span);
  const length = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  return { file: span.source.path, line, column, length };
}

/** `Infinity - Infinity` is no order. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

type Lines = ReadonlyMap<number, string>;

/** By path, the lines that are needed. */
function linesOf(sources: readonly SourceFile[], diagnostics: readonly Diagnostic[]): ReadonlyMap<string, Lines> {
  const positions = diagnostics.flatMap((diagnostic): Position[] => [diagnostic, ...(diagnostic.notes ?? [])]);
  return new Map(
    sources.map(({ path, text }) => {
      const wanted = positions.filter(({ file }) => file === path).map(({ line }) => line);
      return [path, linesIn(text, new Set(wanted))] as const;
    }),
  );
}

/** Without splitting a text that can be long. */
function linesIn(text: string, wanted: ReadonlySet<number>): Lines {
  const lines = new Map<number, string>();
  let start = 0;
  for (let line = 1; lines.size < wanted.size && start <= text.length; line++) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    if (wanted.has(line)) lines.set(line, text.slice(start, end).replace(/\r$/, ''));
    start = end + 1;
  }
  return lines;
}

function block(
  file: string,
  line: string,
  { line: number, column, length, message }: Position & { message: string },
  indent: string,
): string {
  const [source, squiggle] = underline(line, column - 1, length);
  const head = `${escapeInvisible(file)}:${number}:${column} ${escapeInvisible(message)}`;
  return [head, `    ${source}`, `    ${squiggle}`].map(row => `${indent}${row.trimEnd()}\n`).join('');
}

import type { ProblemCode } from './problem-codes';
import { escapeInvisible } from '../../../kit/text/quote';
import type { SourceFile } from '../checked-pipeline';
import { positionOf } from './positions';
import type { Problem, Span } from './problem';
import { underline } from './underline';

/** A file with more mistakes is better rewritten. */
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
  /** The whole line. */
  readonly text: string;
}

/** One mistake in the files of a pipeline, as people and editors want it. */
export interface Diagnostic extends Position {
  /** Stable, for tests and programs. */
  readonly code: ProblemCode;
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
  const rank = ({ file }: Diagnostic) => ranks.get(file) ?? sources.length;
  return diagnostics.sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

/**
 * Mistakes as text: `file:line:column message`, the line, a squiggle under what is wrong, and the same for notes. `shown` gives the path to
 * show of an absolute one.
 */
export function printDiagnostics(diagnostics: readonly Diagnostic[], shown: (path: string) => string): string {
  const blocks = diagnostics.slice(0, MAX_SHOWN).map(diagnostic => {
    const notes = (diagnostic.notes ?? []).map(note => block(note, shown, '  '));
    return [block(diagnostic, shown, ''), ...notes].join('');
  });
  const hidden = diagnostics.length - MAX_SHOWN;
  if (hidden > 0) blocks.push(`… and ${hidden} more\n`);
  return blocks.join('\n');
}

function toPosition(span: Span): Position {
  const { line, column, lineEnd } = positionOf(span);
  const length = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  const text = span.source.text.slice(span.start - column + 1, lineEnd);
  return { file: span.source.path, line, column, length, text };
}

function block(
  { file, line, column, length, text, message }: Position & { message: string },
  shown: (path: string) => string,
  indent: string,
): string {
  const [source, squiggle] = underline(text, column - 1, length);
  const head = `${escapeInvisible(shown(file))}:${line}:${column} ${escapeInvisible(message)}`;
  return [head, `    ${source}`, `    ${squiggle}`].map(row => `${indent}${row.trimEnd()}\n`).join('');
}

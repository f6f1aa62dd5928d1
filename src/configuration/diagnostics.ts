import { escapeInvisible } from '../util/quote';
import { positionsIn, withoutByteOrderMark } from './positions';
import type { Problem, Span } from './problem';
import { underline } from './underline';

/** After these, a file is better begun anew. */
const MAX_SHOWN = 50;

/** A place in a pipeline file. */
export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units, as editors count. */
  readonly column: number;
  /** Of the part on this line, at least 1. */
  readonly length: number;
}

/** One mistake in a pipeline file, as people and editors want it. */
export interface Diagnostic extends Position {
  /** Stable, for tests and programs. */
  readonly code: string;
  /** What was found, what is accepted and the nearest right word; no final period. */
  readonly message: string;
  readonly notes?: readonly (Position & { readonly message: string })[];
}

/** In the order of the file. */
export function toDiagnostics(problems: readonly Problem[], text: string): Diagnostic[] {
  const positionOf = positionsIn(text);
  const place = ({ start, end }: Span): Position => {
    const { line, column, lineEnd } = positionOf(start);
    return { line, column, length: Math.max(1, Math.min(end, lineEnd) - start) };
  };
  const diagnostics = problems.map(({ code, message, span, notes = [] }): Diagnostic => {
    const located = notes.map(note => ({ message: note.message, ...place(note.span) }));
    return { code, message, ...place(span), ...(located.length > 0 ? { notes: located } : {}) };
  });
  return diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Mistakes as text: `file:line:column message`, the line, a squiggle under what is wrong, and the same for notes. `file` is the
 * path to show.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  { file, text }: { readonly file: string; readonly text: string },
): string {
  const lines = linesOf(withoutByteOrderMark(text), diagnostics);
  const blocks = diagnostics.slice(0, MAX_SHOWN).map(diagnostic => {
    const notes = (diagnostic.notes ?? []).map(note => block(file, lines, note, '  '));
    return [block(file, lines, diagnostic, ''), ...notes].join('');
  });
  const hidden = diagnostics.length - MAX_SHOWN;
  if (hidden > 0) blocks.push(`… and ${hidden} more\n`);
  return blocks.join('\n');
}

type Lines = ReadonlyMap<number, string>;

/** The lines that are needed, of a text that can be long. */
function linesOf(text: string, diagnostics: readonly Diagnostic[]): Lines {
  const positions = diagnostics.slice(0, MAX_SHOWN).flatMap(diagnostic => [diagnostic, ...(diagnostic.notes ?? [])]);
  const wanted = new Set(positions.map(({ line }) => line));
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
  lines: Lines,
  { line, column, length, message }: Position & { message: string },
  indent: string,
): string {
  const [source, squiggle] = underline(lines.get(line) ?? '', column - 1, length);
  const head = `${escapeInvisible(file)}:${line}:${column} ${escapeInvisible(message)}`;
  return [head, `    ${source}`, `    ${squiggle}`].map(row => `${indent}${row.trimEnd()}\n`).join('');
}

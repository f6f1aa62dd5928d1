import type { ProblemCode } from './problem-codes';
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  YAMLParseError,
  type Alias,
  type CST,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { hasInvisible, quote } from '../../../kit/text/quote';
import type { SourceFile } from '../checked-pipeline';
import { MAX_ALIASES, MAX_BYTES, MAX_DEPTH, MAX_TOKENS, MAX_VALUES, type Budget } from './limits';
import type { Entry, Located } from './located';
import { GiveUp, type Problem, type ReportProblem, type Span } from './problem';

/** The library continues after a mistake, and then finds more and more false ones. */
const MAX_SYNTAX_MISTAKES = 5;
const MAX_ERROR_TOKENS = 1000;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const PLAIN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(tag => `tag:yaml.org,2002:${tag}`),
);

export interface ParseOptions {
  /** What is left for this file and those that follow. */
  readonly budget: Budget;
  readonly report: ReportProblem;
  /** What an empty file lacks. */
  readonly wanted: string;
}

/** The values of a YAML 1.2 text (core schema, string keys, no custom tags), or undefined when it cannot be read as a whole. */
export function parseYaml(source: SourceFile, options: ParseOptions): Located | undefined {
  const { report, budget, wanted } = options;
  const tokens = readTokens(source, options);
  if (!tokens) return undefined;
  const document = composeDocument(tokens, source.text.length);
  if (document.errors.length > 0) {
    reportSyntax(document, source, report);
    return undefined;
  }
  if (isScalar(document.contents) ? document.contents.value === null : !document.contents) {
    report({ code: 'empty-file', message: `The file is empty: ${wanted}`, span: startOf(source) });
    return undefined;
  }
  try {
    return convert(document.contents, 1, { document, source, report, budget, expanding: undefined });
  } catch (error) {
    if (error instanceof GiveUp) return undefined;
    throw error;
  }
}

export function startOf(source: SourceFile): Span {
  return { source, start: 0, end: 1 };
}

/**
 * The text as nested tokens; undefined when there is too much of them (reported). Neither the lexer nor the parser recurses, which what comes
 * after them does.
 */
function readTokens(source: SourceFile, { budget, report }: ParseOptions): CST.Token[] | undefined {
  const bytes = Buffer.byteLength(source.text);
  budget.bytes -= bytes;
  if (budget.bytes < 0) {
    report(fileTooLarge(source, bytes));
    return undefined;
  }
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let mistakes = 0;
  const keep = (token: CST.Token): void => {
    // Each of them is made into an error with a stack, which takes seconds for a file that is full of them.
    if (token.type !== 'error' || ++mistakes <= MAX_ERROR_TOKENS) tokens.push(token);
  };
  for (const lexeme of new Lexer().lex(source.text)) {
    const { offset } = parser;
    for (const token of parser.next(lexeme)) keep(token);
    // The document and the value being read are on top of the collections.
    const deep = parser.stack.length > MAX_DEPTH + 2;
    if (deep || --budget.tokens < 0) {
      const span = { source, start: offset, end: offset + 1 };
      if (deep) report(tooDeep(span));
      else report({ code: 'too-many-values', message: `There are more than ${MAX_TOKENS} tokens`, span });
      return undefined;
    }
  }
  for (const token of parser.end()) keep(token);
  return tokens;
}

/** What `parseDocument` of the library does, which would read the text again. */
function composeDocument(tokens: readonly CST.Token[], length: number): Document.Parsed {
  // Repeated keys are looked for below: the library compares every key with every other.
  const composer = new Composer({ schema: 'core', stringKeys: true, uniqueKeys: false, prettyErrors: false });
  const [first, second] = composer.compose(tokens, true, length);
  if (second) first!.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', ''));
  return first!;
}

export function fileTooLarge(source: SourceFile, bytes: number): Problem {
  const together = bytes <= MAX_BYTES ? ' after those before it' : '';
  const message = `The file is too large: found ${bytes} bytes${together}, at most ${MAX_BYTES} are read of all files of a pipeline`;
  return { code: 'file-too-large', message, span: startOf(source) };
}

function tooDeep(span: Span): Problem {
  return { code: 'too-deep', message: `Lists and maps are nested more than ${MAX_DEPTH} levels deep here`, span };
}

function reportSyntax(document: Document.Parsed, source: SourceFile, report: ReportProblem): void {
  let told = 0;
  let line = { start: 0, end: 0 };
  for (const { code, message, pos } of document.errors) {
    const span = { source, start: pos[0], end: pos[1] };
    // What follows on the same line is mostly a consequence of the first, and so is what follows many.
    if (span.start >= line.start && span.start < line.end) continue;
    if (++told > MAX_SYNTAX_MISTAKES) return;
    line = lineAround(source.text, span.start);
    if (code === 'MULTIPLE_DOCS') {
      const wanted = 'A file holds one document: remove what follows "---"';
      report({ code: 'several-documents', message: wanted, span });
    } else {
      // Inside [ ] and { }, the brace of an unquoted `${params.x}` opens a map.
      const isExpression = source.text.slice(line.start, span.start + 2).includes('${');
      const hint = isExpression ? '; inside [ ] and { }, put quotes round "${…}"' : '';
      report({ code: 'yaml-syntax', message: `Cannot read the YAML: ${message}${hint}`, span });
    }
  }
}

function lineAround(text: string, offset: number): { start: number; end: number } {
  const end = text.indexOf('\n', offset);
  return { start: offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, end: end < 0 ? text.length : end };
}

interface Context {
  readonly document: Document.Parsed;
  readonly source: SourceFile;
  readonly report: ReportProblem;
  readonly budget: Budget;
  /** Of the alias of the file that is being expanded: what is wrong with its size is not wrong where its anchor is. */
  expanding: Span | undefined;
}

function convert(node: Node | null, depth: number, context: Context): Located {
  if (isAlias(node)) return expand(node, depth, context);
  const span = spanOf(node, context);
  const isCollection = isMap(node) || isSeq(node);
  if (isCollection && depth > MAX_DEPTH) giveUp(tooDeep(span), context);
  if (--context.budget.values < 0) {
    giveUp({ code: 'too-many-values', message: `There are more than ${MAX_VALUES} values`, span }, context);
  }
  if (node?.tag !== undefined && !PLAIN_TAGS.has(node.tag)) {
    const message = `Cannot use the tag ${quote(node.tag)}: pipeline files have plain values only; remove it`;
    return broken({ code: 'unsupported-tag', message, span }, context);
  }
  if (isMap(node)) {
    const entries = convertEntries(node, depth, context);
    // That a map is empty says nothing where every key in it was refused.
    return { kind: 'map', entries, span, ...(entries.size === 0 && node.items.length > 0 ? { broken: true } : {}) };
  }
  if (isSeq(node)) {
    return { kind: 'list', items: node.items.map(item => convert(item as Node | null, depth + 1, context)), span };
  }
  return isScalar(node) ? convertScalar(node, context) : { kind: 'scalar', value: null, span };
}

/** Aliases of aliases grow exponentially ("billion laughs"), so they are counted as they are expanded. */
function expand(alias: Alias, depth: number, context: Context): Located {
  const span = spanOf(alias, context);
  const outer = context.expanding;
  context.expanding ??= span;
  if (--context.budget.aliases < 0) {
    giveUp({ code: 'too-many-aliases', message: `More than ${MAX_ALIASES} aliases are to be expanded`, span }, context);
  }
  const target = alias.resolve(context.document);
  const names = [quote(`&${alias.source}`), quote(`*${alias.source}`)] as const;
  const message = `No anchor ${names[0]} comes before the alias ${names[1]}`;
  const value = target ? convert(target, depth, context) : broken({ code: 'unknown-alias', message, span }, context);
  context.expanding = outer;
  return value;
}

function convertScalar(scalar: Scalar, context: Context): Located {
  const { value, source = '' } = scalar;
  const span = spanOf(scalar, context);
  if (typeof value === 'number' && !isExact(value, source)) {
    const wanted = 'a finite number, whole numbers up to 9007199254740991; put quotes round it if it is text';
    return broken({ code: 'bad-number', message: `Cannot use the number ${source}: wanted ${wanted}`, span }, context);
  }
  if (typeof value === 'number') warnOfLeadingZero(source, span, context.report);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, span };
  }
  const message = 'Cannot use this value: pipeline files have strings, numbers, true, false and null';
  return broken({ code: 'unsupported-tag', message, span }, context);
}

/** `010` is 10 in YAML 1.2 and 8 in YAML 1.1, `08` is 8 here and text there; `02` is 2 in both, but may have been meant as a name. */
export function warnOfLeadingZero(text: string, span: Span, report: ReportProblem): void {
  const [, sign, digits] = /^([-+]?)0+(\d+)$/.exec(text) ?? [];
  if (digits === undefined || digits === '0') return;
  const minus = sign === '-' ? '-' : '';
  const [here, there] = [`${minus}${Number(digits)}`, inYaml11(minus, digits)];
  const how = here === there ? 'without the zero in front' : `and as ${there} by readers of YAML 1.1 such as PyYAML`;
  const message =
    `The number ${text} is read as ${here}, ${how}: ` + `write ${sign}${digits}, or ${quote(text)} if it is text`;
  report({ code: 'leading-zero', message, span, isWarning: true });
}

function inYaml11(minus: string, digits: string): string {
  return /^[0-7]+$/.test(digits) ? `${minus}${Number.parseInt(digits, 8)}` : 'a text';
}

function giveUp(problem: Problem, { report, expanding }: Context): never {
  report({ ...problem, span: expanding ?? problem.span });
  throw new GiveUp();
}

function broken(problem: Problem, { report }: Context): Located {
  report(problem);
  return { kind: 'scalar', value: null, span: problem.span, broken: true };
}

function convertEntries(map: YAMLMap, depth: number, context: Context): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const pair of map.items) {
    const key = spanOf(pair.key as Node | null, context);
    const name = isScalar(pair.key) ? textOf(pair.key.value) : '';
    const node = pair.value as Node | null;
    const value = convert(node, depth + 1, context);
    const first = entries.get(name);
    const problem = (code: ProblemCode, message: string) => context.report({ code, message, span: key });
    if (FORBIDDEN_KEYS.has(name)) problem('forbidden-key', `Cannot use ${quote(name)} as a key: choose another name`);
    else if (hasInvisible(name))
      problem('control-character', `The key ${quote(name)} has invisible characters: remove them`);
    else if (first) {
      const message = `The key ${quote(name)} occurs twice in this map: remove one`;
      context.report({
        code: 'duplicate-key',
        message,
        span: key,
        notes: [{ message: 'It is first here', span: first.key }],
      });
    }
    // `seed:` without a value has no text of its own to point at.
    else entries.set(name, { key, value: value.span.end > value.span.start ? value : { ...value, span: key } });
  }
  return entries;
}

function textOf(key: unknown): string {
  return typeof key === 'string' ? key : '';
}

function spanOf(node: Node | null, { source }: Context): Span {
  const range = node?.range;
  return { source, start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

/** Digits that a double cannot hold would change silently, and with them a seed or an identifier. */
function isExact(value: number, source: string): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^[-+]?(\d+|0x[\da-f]+|0o[0-7]+)$/i.test(source));
}

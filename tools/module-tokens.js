'use strict';

const { createHash } = require('node:crypto');
const ts = require('typescript');

const { SyntaxKind } = ts;

/** Parses JavaScript; every node knows its parent. Throws an Error that names the path when it is none. */
function parseModule(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const [problem] = file.parseDiagnostics;
  if (problem)
    throw new Error(`${path} cannot be parsed: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`);
  return file;
}

/**
 * Digest of a parsed module in which neither comments nor formatting count: the SHA-256 of its tokens, 32 hexadecimal digits. Quotes,
 * commas at the end of a list, and brackets around the only parameter of an arrow are formatting too.
 */
function digestTokens(file) {
  const hash = createHash('sha256');
  const tokens = tokensOf(file);
  tokens.forEach((token, index) => {
    // A character that no token begins with stands between them, or `a b` would equal `ab`.
    if (!isTrailingComma(tokens, index)) hash.update(`\0${token}`);
  });
  return hash.digest('hex').slice(0, 32);
}

function tokensOf(file) {
  const tokens = [];
  const visit = node => {
    if (isComment(node)) return;
    const children = node.getChildren(file);
    if (children.length === 0) tokens.push(textOf(node, file));
    else if (ts.isArrowFunction(node))
      withBrackets(children).forEach(child => (child.kind ? visit(child) : tokens.push(child)));
    else children.forEach(visit);
  };
  visit(file);
  return tokens.filter(token => token !== '');
}

/** TypeScript keeps what begins with two stars in the tree, and no other comment. */
function isComment({ kind }) {
  return kind >= SyntaxKind.FirstJSDocNode && kind <= SyntaxKind.LastJSDocNode;
}

function textOf(node, file) {
  return ts.isStringLiteral(node) ? JSON.stringify(node.text) : node.getText(file);
}

/** The parts of `x => y` as those of `(x) => y`. */
function withBrackets(children) {
  if (children.some(({ kind }) => kind === SyntaxKind.OpenParenToken)) return children;
  const arrow = children.findIndex(({ kind }) => kind === SyntaxKind.EqualsGreaterThanToken);
  return [...children.slice(0, arrow - 1), '(', children[arrow - 1], ')', ...children.slice(arrow)];
}

/** Not so in `[a, , ]`, where the last comma stands for an element. */
function isTrailingComma(tokens, index) {
  if (tokens[index] !== ',') return false;
  const next = tokens[index + 1];
  return next === ')' || next === '}' || (next === ']' && tokens[index - 1] !== ',' && tokens[index - 1] !== '[');
}

module.exports = { digestTokens, parseModule };

const ts = require('typescript');

/**
 * Lint rule: refuses `{ rate: f(x), ...options }` where the type of `options` says nothing of a `rate`. An object may have more than its
 * type says, and then the spread puts what it has in the place of what was computed, without a word. Spread first, or name the fields.
 *
 * Allowed are spreads of what is made in full view (a literal, or a constant that is one), of types that declare the field (they mean to
 * override it) or any field (index signatures), what functions give, and spreads behind literals only.
 */
module.exports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      late: '`...{{spread}}` may have a `{{field}}` that its type does not tell of, which would take the place of the one before it: spread first, or name the fields',
    },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap: toTs } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    return {
      ObjectExpression({ properties }) {
        const computed = [];
        for (const property of properties) {
          if (property.type === 'Property') {
            if (!property.computed && !isLiteral(property.value)) computed.push(nameOf(property.key));
            continue;
          }
          const { argument } = property;
          if (!['Identifier', 'MemberExpression'].includes(argument.type)) continue;
          const node = toTs.get(argument);
          const type = checker.getTypeAtLocation(node);
          const field = computed.find(name => !checker.getPropertyOfType(type, name));
          if (field === undefined || checker.getIndexInfosOfType(type).length > 0 || isMadeInView(checker, node))
            continue;
          const spread = context.sourceCode.getText(argument);
          context.report({ node: property, messageId: 'late', data: { spread, field } });
        }
      },
    };
  },
};

function nameOf(key) {
  return key.type === 'Identifier' ? key.name : String(key.value);
}

function isLiteral(value) {
  if (value.type === 'TSAsExpression') return isLiteral(value.expression);
  return value.type === 'Literal' || (value.type === 'UnaryExpression' && isLiteral(value.argument));
}

/** A constant whose initial value is a literal object, whose own spreads are such too. */
function isMadeInView(checker, node) {
  switch (node.kind) {
    case ts.SyntaxKind.ParenthesizedExpression:
    case ts.SyntaxKind.AsExpression:
    case ts.SyntaxKind.SatisfiesExpression:
      return isMadeInView(checker, node.expression);
    case ts.SyntaxKind.ConditionalExpression:
      return isMadeInView(checker, node.whenTrue) && isMadeInView(checker, node.whenFalse);
    case ts.SyntaxKind.ObjectLiteralExpression:
      return node.properties.every(one => !ts.isSpreadAssignment(one) || isMadeInView(checker, one.expression));
    case ts.SyntaxKind.Identifier: {
      const named = checker.getSymbolAtLocation(node);
      const symbol = named && named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
      const made = symbol?.valueDeclaration;
      const isConstant = made && ts.isVariableDeclaration(made) && ts.getCombinedNodeFlags(made) & ts.NodeFlags.Const;
      return Boolean(isConstant && made.initializer && isMadeInView(checker, made.initializer));
    }
    default:
      return false;
  }
}

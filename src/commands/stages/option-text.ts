import { branchesOf, isSchema, propertiesOf, tagOf, tagsOf, type Schema } from '../../kit/schema-parts';
import { describeSchema } from '../../kit/text/describe-schema';
import { alternatives, quote } from '../../kit/text/quote';
import { wrap } from '../../kit/text/wrap';

/** An option in two lines, `size: an integer, default 112` and what it means; what is inside it after that, kind by kind. */
export function optionText(name: string, schema: Schema, isRequired: boolean, width: number): string {
  return memberText([name, schema, isRequired], 2, width);
}

/** A member of a map, its first line so far in. */
function memberText([name, schema, isRequired]: Member, indent: number, width: number): string {
  const { head, meaning } = wordsOf(name, schema, isRequired);
  const lines = wrap(head, { indent, hanging: indent + 4, width });
  const meant = meaning === '' ? '' : wrap(meaning, { indent: indent + 4, width });
  return lines + meant + insideText(schema, indent + 4, width);
}

type Member = readonly [name: string, schema: Schema, isRequired: boolean];

function wordsOf(
  name: string,
  schema: Schema,
  isRequired: boolean,
): { readonly head: string; readonly meaning: string } {
  const fallback = schema['default'] === undefined ? '' : `, default ${quote(schema['default'])}`;
  const head = `${name}: ${describeSchema(schema)}${fallback}${isRequired ? ', required' : ''}`;
  return { head, meaning: meaningOf(schema) };
}

/** What the maps in a value hold, in lines that are so far in; nothing for a value without. */
function insideText(schema: Schema, indent: number, width: number): string {
  const { items, additionalProperties: values } = schema;
  if (isSchema(items)) return insideText(items, indent, width);
  const tag = tagOf(schema);
  if (tag !== undefined) {
    return branchesOf(schema)
      .map(
        branch =>
          wrap(branchHead(branch, tag), { indent, hanging: indent + 4, width }) +
          membersText(branch, indent + 2, width, tag),
      )
      .join('');
  }
  return membersText(schema, indent, width) + (isSchema(values) ? insideText(values, indent, width) : '');
}

/** `kind "cosine": One minus the cosine` */
function branchHead(branch: Schema, tag: string): string {
  const meaning = meaningOf(branch);
  return `${tag} ${alternatives(tagsOf(branch, tag).map(String))}${meaning === '' ? '' : `: ${meaning}`}`;
}

function membersText(schema: Schema, indent: number, width: number, tag?: string): string {
  const { required } = schema;
  const members = Object.entries(propertiesOf(schema)).filter(([name]) => name !== tag);
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name);
  return members.map(([name, member]) => memberText([name, member, isRequired(name)], indent, width)).join('');
}

function meaningOf({ description }: Schema): string {
  return typeof description === 'string' ? description : '';
}

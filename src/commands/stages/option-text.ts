import { branchesOf, isSchema, propertiesOf, tagOf, tagsOf, type Schema } from '../../kit/schema-parts';
import { describeSchema } from '../../kit/text/describe-schema';
import { alternatives, quote } from '../../kit/text/quote';
import { wrap } from '../../kit/text/wrap';

/** An option in two lines, `size: an integer, default 112` and what it means; what is inside it after that, kind by kind. */
export function optionText(name: string, schema: Schema, isRequired: boolean): string {
  const { head, meaning } = wordsOf(name, schema, isRequired);
  const inside = insideText(schema, 6);
  if (inside === '') return `  ${head}\n      ${meaning}\n`;
  return wrap(head, { indent: 2, hanging: 6 }) + wrap(meaning, { indent: 6 }) + inside;
}

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
function insideText(schema: Schema, indent: number): string {
  const { items, additionalProperties: values } = schema;
  if (isSchema(items)) return insideText(items, indent);
  const tag = tagOf(schema);
  if (tag !== undefined) {
    return branchesOf(schema)
      .map(
        branch => wrap(branchHead(branch, tag), { indent, hanging: indent + 4 }) + membersText(branch, indent + 2, tag),
      )
      .join('');
  }
  return membersText(schema, indent) + (isSchema(values) ? insideText(values, indent) : '');
}

/** `kind "cosine": One minus the cosine` */
function branchHead(branch: Schema, tag: string): string {
  const meaning = meaningOf(branch);
  return `${tag} ${alternatives(tagsOf(branch, tag).map(String))}${meaning === '' ? '' : `: ${meaning}`}`;
}

function membersText(schema: Schema, indent: number, tag?: string): string {
  const { required } = schema;
  const members = Object.entries(propertiesOf(schema)).filter(([name]) => name !== tag);
  const texts = members.map(([name, member]) => {
    const { head, meaning } = wordsOf(name, member, Array.isArray(required) && required.includes(name));
    const lines = wrap(head, { indent, hanging: indent + 4 });
    return lines + (meaning === '' ? '' : wrap(meaning, { indent: indent + 4 })) + insideText(member, indent + 4);
  });
  return texts.join('');
}

function meaningOf({ description }: Schema): string {
  return typeof description === 'string' ? description : '';
}

import { FieldNode, ObjectNode, TypeNode } from './type-node';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** An interface as TypeScript text, all of its fields optional. `null` takes a default of the chart away, so that every field may be null. */
export function writeInterface(name: string, node: ObjectNode, doc: string): string {
  return `${docstring(doc, '')}export interface ${name} ${writeObject(node, '')}\n`;
}

function writeObject({ fields, rest }: ObjectNode, indent: string): string {
  const inner = `${indent}  `;
  const lines = fields.map((field, index) => `${field.doc && index > 0 ? '\n' : ''}${writeField(field, inner)}`);
  if (rest) {
    lines.push(`${inner}[key: string]: ${writeType(rest, inner)};\n`);
  }
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

function writeField({ name, type, doc }: FieldNode, indent: string): string {
  const text = writeType(type, indent);
  return `${doc ? docstring(doc, indent) : ''}${indent}${IDENTIFIER.test(name) ? name : quote(name)}?: ${text}${text === 'unknown' ? '' : ' | null'};\n`;
}

function writeType(node: TypeNode, indent: string): string {
  switch (node.kind) {
    case 'name':
      return node.text;
    case 'object':
      return node.fields.length === 0 && node.rest ? `Record<string, ${writeType(node.rest, indent)}>` : writeObject(node, indent);
    case 'list': {
      const items = writeType(node.items, indent);
      return node.items.kind === 'union' || node.items.kind === 'intersection' ? `(${items})[]` : `${items}[]`;
    }
    default:
      return node.members.map(member => {
        const text = writeType(member, indent);
        return member.kind === 'union' || member.kind === 'intersection' ? `(${text})` : text;
      }).join(node.kind === 'union' ? ' | ' : ' & ');
  }
}

/** A docstring block; a chart's text may hold what would end it. */
function docstring(text: string, indent: string): string {
  const lines = text.replaceAll('*/', '*\\/').split('\n').map(line => line.trimEnd());
  return lines.length === 1 ? `${indent}/** ${lines[0]} */\n` : `${indent}/**\n${lines.map(line => `${indent} *${line ? ` ${line}` : ''}\n`).join('')}${indent} */\n`;
}

/** A string literal with single quotes. */
export function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

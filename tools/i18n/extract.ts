// The texts that stand in the plugin's code: t('key', 'English', values) and <Trans i18nKey="key">English</Trans>.
import ts from 'typescript';

export type CodeText = {
  key: string;
  /** English, as it stands in the code. */
  text: string;
  /** English for one, where `count` is among the values. */
  one: string | null;
  hasCount: boolean;
  /** `file:line` */
  at: string;
};

export type Extracted = { texts: CodeText[]; problems: string[] };

type Values = { names: Set<string>; one: string | null };

const NO_VALUES: Values = { names: new Set(), one: null };

/** A text that is known without running the code. */
function literalText(node: ts.Node | undefined): string | null {
  if (node === undefined) return null;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return literalText(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null;
  const [left, right] = [literalText(node.left), literalText(node.right)];
  return left === null || right === null ? null : left + right;
}

/** What a name was given by a `const` in the blocks around its use. */
function constOf(name: ts.Identifier): ts.Node | undefined {
  for (let block: ts.Node = name; !ts.isSourceFile(block); block = block.parent) {
    if (!ts.isBlock(block.parent) && !ts.isSourceFile(block.parent)) continue;
    const found = block.parent.statements
      .flatMap((statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : []))
      .find((declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name.text);
    if (found) return found.initializer;
  }
  return undefined;
}

/** `{ ... }`, `plain({ ... })`, which says that the values need no escaping, or a `const` that is one of them. */
function valuesOf(node: ts.Node | undefined): Values | null {
  if (node === undefined) return null;
  if (ts.isIdentifier(node)) return valuesOf(constOf(node));
  if (ts.isCallExpression(node)) return valuesOf(node.arguments[0]);
  if (!ts.isObjectLiteralExpression(node)) return null;
  const all: Values = { names: new Set(), one: null };
  for (const property of node.properties) {
    const some = ts.isSpreadAssignment(property) ? valuesOf(property.expression) : valueOf(property);
    if (some === null) return null;
    for (const name of some.names) all.names.add(name);
    all.one = some.one ?? all.one;
  }
  return all;
}

function valueOf(property: ts.ObjectLiteralElementLike): Values | null {
  if (property.name === undefined || ts.isComputedPropertyName(property.name)) return null;
  const name = property.name.text;
  return name === 'defaultValue_one' && ts.isPropertyAssignment(property)
    ? { names: new Set(), one: literalText(property.initializer) }
    : { names: new Set([name]), one: null };
}

/**
 * What stands between the tags, with line breaks taken away as JSX does. A tag in it becomes `<1>`, by its place among what it stands, as
 * react-i18next counts. Null where it holds what cannot be translated.
 */
function childrenText(element: ts.JsxElement): string | null {
  const children = element.children.filter((child) => !ts.isJsxText(child) || !child.containsOnlyTriviaWhiteSpaces);
  const parts = children.map((child, index) => {
    if (ts.isJsxText(child)) return child.text;
    if (ts.isJsxElement(child)) return `<${index}>${childrenText(child) ?? ''}</${index}>`;
    if (!ts.isJsxExpression(child)) return null;
    if (child.expression === undefined) return '';
    if (!ts.isObjectLiteralExpression(child.expression)) return literalText(child.expression);
    const [property] = child.expression.properties;
    return property?.name && !ts.isComputedPropertyName(property.name) ? `{{${property.name.text}}}` : null;
  });
  return parts.includes(null)
    ? null
    : parts
        .join('')
        .replace(/\s*\n\s*/g, ' ')
        .trim();
}

function attribute(element: ts.JsxOpeningLikeElement, name: string): ts.Node | undefined {
  const found = element.attributes.properties.find((one) => ts.isJsxAttribute(one) && one.name.getText() === name);
  const value = found && ts.isJsxAttribute(found) ? found.initializer : undefined;
  return value && ts.isJsxExpression(value) ? value.expression : value;
}

type Read = { key: string | null; text: string | null; values: Values | null };

function readCall(node: ts.CallExpression): Read {
  const [key, text, values] = node.arguments;
  return { key: literalText(key), text: literalText(text), values: values ? valuesOf(values) : NO_VALUES };
}

function readTrans(opening: ts.JsxOpeningLikeElement, element: ts.JsxElement | null): Read {
  const defaults = literalText(attribute(opening, 'defaults'));
  const given = attribute(opening, 'values');
  const values = given ? valuesOf(given) : NO_VALUES;
  const hasCount = attribute(opening, 'count') !== undefined;
  return {
    key: literalText(attribute(opening, 'i18nKey')),
    text: defaults ?? (element && childrenText(element)),
    values: values && { ...values, names: new Set([...values.names, ...(hasCount ? ['count'] : [])]) },
  };
}

function readNode(node: ts.Node): Read | null {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't')
    return readCall(node);
  if (ts.isJsxElement(node) && node.openingElement.tagName.getText() === 'Trans')
    return readTrans(node.openingElement, node);
  return ts.isJsxSelfClosingElement(node) && node.tagName.getText() === 'Trans' ? readTrans(node, null) : null;
}

/** `{{name}}` of the values that a text wants. */
export const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{\s*([\w.-]+)[^}]*\}\}/g)].map(([, name = '']) => name))].sort();

/** `<1>`, as often as it stands in a text. */
export const tags = (text: string): string[] => (text.match(/<\/?\d+\/?>/g) ?? []).sort();

function missingValues({ text, values }: Read): string[] {
  return placeholders(text ?? '').filter((name) => values && !values.names.has(name));
}

/** Texts of one file; `source` is its content, `file` its name in what is said of it. */
export function extractTexts(file: string, source: string): Extracted {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const texts: CodeText[] = [];
  const problems: string[] = [];
  const visit = (node: ts.Node): void => {
    const read = readNode(node);
    if (read) {
      const at = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      const { key, text, values } = read;
      if (key === null || text === null || values === null)
        problems.push(`${at}: key, text and names of the values must be known without running the code`);
      else {
        const lacking = ts.isCallExpression(node) ? missingValues(read) : [];
        for (const name of lacking) problems.push(`${at}: ${key} wants {{${name}}}, which it is not given`);
        // A count that the text does not tell has no forms of its own.
        const hasCount = values.names.has('count') && (values.one !== null || placeholders(text).includes('count'));
        texts.push({ key, text, one: values.one, hasCount, at });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { texts, problems };
}

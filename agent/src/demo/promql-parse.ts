import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { ArithmeticOp, ComparisonOp, Expr, Matcher, Matching, SetOp } from './promql-ast.ts';
import { invalid, unsupported } from './promql-error.ts';
import { anchored, durationMs, numberOf, stringOf, unquoted } from './promql-literals.ts';

const BINARY_OPS = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  'atan2',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  'unless',
]);
const WITH_PARAM = new Set(['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio']);

/**
 * A query as a tree of what it means, by Prometheus' own grammar.
 * @throws PromqlError `bad_data` where it is no PromQL, `execution` where this subset does not know it
 */
export function parsePromql(query: string): Expr {
  const tree = parser.parse(query);
  tree.iterate({
    enter({ type, from, to }) {
      if (!type.isError) return;
      const found = query.slice(from, to || undefined).slice(0, 20);
      throw invalid(`invalid parameter "query": ${from}: parse error: unexpected ${JSON.stringify(found)}`);
    },
  });
  const expression = children(tree.topNode)[0];
  if (expression === undefined)
    throw invalid('invalid parameter "query": unknown position: parse error: no expression found in input');
  return new Reader(query).read(expression);
}

/** Children without comments. */
function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') found.push(child);
  }
  return found;
}

class Reader {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  read(node: SyntaxNode): Expr {
    const parts = children(node);
    switch (node.name) {
      case 'ParenExpr':
        return this.read(required(parts[0]));
      case 'NumberDurationLiteral':
        return { type: 'number', value: numberOf(this.#text(node)) };
      case 'StringLiteral':
        return { type: 'string', value: stringOf(this.#text(node)) };
      case 'UnaryExpr':
        return this.#unary(parts, this.read(required(parts[1])));
      case 'VectorSelector':
        return { type: 'selector', matchers: this.#matchers(node), rangeMs: null, offsetMs: 0 };
      case 'MatrixSelector': {
        const selector = this.read(required(parts[0]));
        if (selector.type !== 'selector') throw invalid('ranges only allowed for vector selectors');
        return { ...selector, rangeMs: durationMs(this.#text(required(parts[1]))) };
      }
      case 'OffsetExpr':
        return this.#withOffset(required(parts[0]), durationMs(this.#text(required(parts.at(-1)))));
      case 'FunctionCall': {
        const [name, body] = parts;
        return {
          type: 'call',
          name: this.#text(required(name)),
          args: children(required(body)).map((arg) => this.read(arg)),
        };
      }
      case 'SubqueryExpr':
        throw unsupported('a subquery');
      case 'AggregateExpr':
        return this.#aggregate(parts);
      case 'BinaryExpr':
        return this.#binary(parts, this.read(required(parts.at(-1))));
      default:
        throw unsupported(node.name);
    }
  }

  /** This grammar lets an offset reach over a whole operation; it belongs to the selector right before it. */
  #withOffset(node: SyntaxNode, offsetMs: number): Expr {
    const parts = children(node);
    const last = required(parts.at(-1) ?? node);
    if (node.name === 'BinaryExpr') return this.#binary(parts, this.#withOffset(last, offsetMs));
    if (node.name === 'UnaryExpr') return this.#unary(parts, this.#withOffset(last, offsetMs));
    if (node.name === 'SubqueryExpr') throw unsupported('a subquery');
    const selector = this.read(node);
    if (node.name === 'ParenExpr' || selector.type !== 'selector') {
      throw invalid(
        'invalid parameter "query": parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
      );
    }
    return { ...selector, offsetMs };
  }

  #unary(parts: readonly SyntaxNode[], operand: Expr): Expr {
    return this.#text(required(parts[0])) === '-' ? { type: 'negate', operand } : operand;
  }

  #text(node: SyntaxNode): string {
    return this.#query.slice(node.from, node.to);
  }

  #labels(node: SyntaxNode | undefined): string[] {
    return node === undefined ? [] : children(node).map((label) => unquoted(this.#text(label)));
  }

  #matchers(node: SyntaxNode): Matcher[] {
    const found: Matcher[] = [];
    for (const part of children(node)) {
      if (part.name === 'Identifier') found.push(matcher('__name__', '=', this.#text(part)));
      if (part.name !== 'LabelMatchers') continue;
      for (const entry of children(part)) {
        const [label, op, value] = children(entry);
        if (op === undefined || value === undefined) {
          found.push(matcher('__name__', '=', stringOf(this.#text(entry))));
        } else {
          const name = unquoted(this.#text(required(label)));
          found.push(matcher(name, this.#text(op) as Matcher['op'], stringOf(this.#text(value))));
        }
      }
    }
    if (found.every(({ test }) => test(''))) {
      throw invalid(
        'invalid parameter "query": parse error: vector selector must contain at least one non-empty matcher',
      );
    }
    return found;
  }

  #aggregate(parts: readonly SyntaxNode[]): Expr {
    const op = this.#text(required(parts[0])).toLowerCase();
    const modifier = parts.find(({ name }) => name === 'AggregateModifier');
    const args = children(required(parts.find(({ name }) => name === 'FunctionCallBody'))).map((arg) => this.read(arg));
    const [kind, grouping] = modifier === undefined ? [] : children(modifier);
    const labels = this.#labels(grouping);
    const wanted = WITH_PARAM.has(op) ? 2 : 1;
    const operand = args.at(-1);
    if (args.length !== wanted || operand === undefined) {
      throw invalid(
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      );
    }
    return {
      type: 'aggregate',
      op,
      by: kind?.name === 'By' ? labels : null,
      without: kind?.name === 'Without' ? labels : null,
      param: wanted === 2 ? (args[0] ?? null) : null,
      operand,
    };
  }

  #binary(parts: readonly SyntaxNode[], right: Expr): Expr {
    const op = this.#text(required(parts[1])).toLowerCase();
    if (!BINARY_OPS.has(op)) throw unsupported(`operator ${op}`);
    const clause = parts.find(({ name }) => name === 'MatchingModifierClause');
    const left = required(parts[0]);
    // A sign binds less than a power, which this grammar does not see.
    const base = op === '^' ? this.#withoutMinus(left) : null;
    const expr: Expr = {
      type: 'binary',
      op: op as ArithmeticOp | ComparisonOp | SetOp,
      bool: parts.some(({ name }) => name === 'BoolModifier'),
      matching: clause === undefined ? null : this.#matching(clause),
      left: base ?? this.read(left),
      right,
    };
    return base === null ? expr : { type: 'negate', operand: expr };
  }

  #withoutMinus(node: SyntaxNode): Expr | null {
    if (!this.#text(node).startsWith('-')) return null;
    if (node.name === 'NumberDurationLiteral') return { type: 'number', value: -numberOf(this.#text(node)) };
    return node.name === 'UnaryExpr' ? this.read(required(children(node)[1])) : null;
  }

  #matching(clause: SyntaxNode): Matching {
    const parts = children(clause);
    const group = parts.findIndex(({ name }) => name === 'GroupLeft' || name === 'GroupRight');
    const side = parts[group]?.name;
    return {
      on: parts[0]?.name === 'On',
      labels: this.#labels(parts[1]),
      group: side === undefined ? null : side === 'GroupLeft' ? 'left' : 'right',
      include: group < 0 ? [] : this.#labels(parts[group + 1]),
    };
  }
}

function required(node: SyntaxNode | undefined): SyntaxNode {
  if (node === undefined) throw invalid('invalid parameter "query": parse error: incomplete expression');
  return node;
}

function matcher(label: string, op: Matcher['op'], value: string): Matcher {
  if (op === '=') return { label, op, value, test: (found) => found === value };
  if (op === '!=') return { label, op, value, test: (found) => found !== value };
  const pattern = anchored(value);
  const known = new Map<string, boolean>();
  const matches = (found: string): boolean => {
    let answer = known.get(found);
    if (answer === undefined) known.set(found, (answer = pattern.test(found)));
    return answer;
  };
  return { label, op, value, test: op === '=~' ? matches : (found) => !matches(found) };
}

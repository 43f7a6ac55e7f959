import type { ASTNode, Environment } from '@marcbachmann/cel-js';

/** What is wrong with an expression, and where: the first character is 1. */
export interface ExpressionProblem {
  readonly what: string;
  readonly position?: number;
}

/** What came of evaluating: a value, or why there is none. */
export type Outcome = { readonly value: unknown; readonly error?: undefined } | { readonly value?: undefined; readonly error: string };

/** Fields of an object that an expression may also name without `object.` in front, as Flux lets it. */
export const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status', 'data'] as const;

const MAX_LENGTH = 2_000;
/** `list.all(a, list.all(b, …))`: each level multiplies the time by the length of a list. */
const MAX_NESTED_LOOPS = 2;
/** Steps that one evaluation may take at most: about a tenth of a second. */
const MAX_STEPS = 2_000_000;

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

let environment: Environment | undefined;

/** Loaded when the first expression asks: most fleets have none, and it is an ES module, which not every test runner can load. */
function celEnvironment(): Environment {
  if (environment === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const cel = require('@marcbachmann/cel-js') as typeof import('@marcbachmann/cel-js');
    const withObject = new cel.Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true }).registerVariable('object', 'dyn');
    environment = FIELDS.reduce((env, field) => env.registerVariable(field, 'dyn'), withObject);
  }
  return environment;
}

/** An expression in CEL that was checked. */
export class Expression {
  /**
   * Parses and checks an expression.
   *
   * @param result what it has to give; a field of an object may be anything, and is taken at its word
   */
  public static parse(text: string, result: 'bool' | 'string'): Expression | ExpressionProblem {
    if (text.length > MAX_LENGTH) {
      return { what: `is longer than ${MAX_LENGTH} characters` };
    }
    const cel = celEnvironment();
    try {
      const parsed = cel.parse(text);
      const forbidden = findForbidden(parsed.ast, 0);
      if (forbidden) {
        return forbidden;
      }
      const { valid, type, error } = parsed.check();
      if (!valid) {
        return problemOf(error);
      }
      // Where the branches of a condition differ, the library knows no type.
      return type === undefined || ['dyn', result].includes(String(type)) ? new Expression(parsed, result, countNodes(parsed.ast), loopsIn(parsed.ast))
        : { what: `gives ${String(type)}, and has to give ${result}` };
    } catch (error) {
      return problemOf(error);
    }
  }

  private constructor(
    private readonly run: (context: Record<string, unknown>) => unknown, private readonly result: 'bool' | 'string',
    private readonly nodes: number, private readonly loops: number,
  ) {}

  /** Evaluates it on an object; never throws. */
  public evaluate(input: ExpressionInput): Outcome {
    if (this.nodes * Math.max(1, input.longest) ** this.loops > MAX_STEPS) {
      return { error: `it would go through lists of ${input.longest} items too often` };
    }
    try {
      const value = this.run(input.variables);
      return typeof value === (this.result === 'bool' ? 'boolean' : 'string') ? { value } : { error: `it gives no ${this.result}` };
    } catch (error) {
      return { error: problemOf(error).what };
    }
  }
}

/** An object as expressions see it: whole numbers are integers, as in Kubernetes. */
export class ExpressionInput {
  public readonly variables: Record<string, unknown>;
  /** Length of the longest list or map: what loops go through. */
  public readonly longest: number;

  constructor(object: Readonly<Record<string, unknown>>) {
    let longest = 0;
    const convert = (value: unknown): unknown => {
      if (typeof value === 'number') {
        return Number.isSafeInteger(value) ? BigInt(value) : value;
      }
      if (typeof value !== 'object' || value === null) {
        return value;
      }
      if (Array.isArray(value)) {
        longest = Math.max(longest, value.length);
        return value.map(convert);
      }
      const entries = Object.entries(value);
      longest = Math.max(longest, entries.length);
      return new Map(entries.map(([key, inner]) => [key, convert(inner)]));
    };
    const converted = convert(object) as Map<string, unknown>;
    this.variables = { object: converted };
    for (const field of FIELDS) {
      if (converted.has(field)) this.variables[field] = converted.get(field);
    }
    this.longest = longest;
  }
}

function problemOf(error: unknown): ExpressionProblem {
  if (!(error instanceof Error)) {
    return { what: String(error) };
  }
  // Errors of the library have both; others, such as a stack that is too deep, neither.
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  return { what: summary ?? error.message.split('\n')[0], ...(range ? { position: range.start + 1 } : {}) };
}

/** What could take any time, however small the object. */
function findForbidden(node: ASTNode, depth: number): ExpressionProblem | undefined {
  const call = callOf(node);
  if (call === 'matches') {
    // The expressions of JavaScript may take exponential time; those of CEL promise that they do not.
    return { what: 'uses `matches`: regular expressions are not supported, use `startsWith`, `endsWith` or `contains`', position: startOf(node) };
  }
  const repeats = isLoop(node);
  if (depth + Number(repeats) > MAX_NESTED_LOOPS) {
    return { what: `has more than ${MAX_NESTED_LOOPS} loops inside of each other`, position: startOf(node) };
  }
  return childrenOf(node).map((child, i) => findForbidden(child, depth + Number(repeats && i > 0))).find(found => found !== undefined);
}

/** How deep loops are inside of each other. What a loop goes through, its first child, is computed once. */
function loopsIn(node: ASTNode): number {
  const repeats = isLoop(node);
  return Math.max(Number(repeats), ...childrenOf(node).map((child, i) => loopsIn(child) + Number(repeats && i > 0)));
}

function countNodes(node: ASTNode): number {
  return 1 + childrenOf(node).reduce((sum, child) => sum + countNodes(child), 0);
}

function isLoop(node: ASTNode): boolean {
  return node.op === 'rcall' && LOOPS.has(callOf(node) ?? '');
}

function callOf({ op, args }: ASTNode): string | undefined {
  return (op === 'call' || op === 'rcall') && Array.isArray(args) ? String(args[0]) : undefined;
}

function startOf(node: ASTNode): number {
  return node.pos + 1;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const collect = (value: unknown): ASTNode[] => Array.isArray(value) ? value.flatMap(collect) : isNode(value) ? [value] : [];
  return collect(node.args);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

export type Matcher = { label: string; op: '=' | '!=' | '=~' | '!~'; value: string; test: (value: string) => boolean };

export type Matching = {
  on: boolean;
  labels: readonly string[];
  /** group_left or group_right, with the labels to copy from the "one" side. */
  group: 'left' | 'right' | null;
  include: readonly string[];
};

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type SetOp = 'and' | 'or' | 'unless';

export type Expr =
  | { type: 'number'; value: number }
  | { type: 'string'; value: string }
  | { type: 'selector'; matchers: readonly Matcher[]; rangeMs: number | null; offsetMs: number }
  | { type: 'negate'; operand: Expr }
  | { type: 'call'; name: string; args: readonly Expr[] }
  | {
      type: 'aggregate';
      op: string;
      by: readonly string[] | null;
      without: readonly string[] | null;
      param: Expr | null;
      operand: Expr;
    }
  | {
      type: 'binary';
      op: ArithmeticOp | ComparisonOp | SetOp;
      bool: boolean;
      matching: Matching | null;
      left: Expr;
      right: Expr;
    };

export type VariableCall = { name: string; args: string[] };

/** `hpas(prod, {shop,web})` -> its name and arguments; commas inside brackets belong to an argument. null: nothing of the kind. */
export function variableCall(text: string): VariableCall | null {
  const [, name, inside] = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text) ?? [];
  if (name === undefined) return null;
  if (inside === undefined || inside.trim() === '') return { name, args: [] };
  const args: string[] = [''];
  let depth = 0;
  for (const character of inside) {
    if (character === '(' || character === '{') depth++;
    if (character === ')' || character === '}') depth--;
    if (character === ',' && depth === 0) args.push('');
    else args[args.length - 1] += character;
  }
  return { name, args: args.map((arg) => arg.trim().replace(/^(["'])(.*)\1$/s, '$2')) };
}

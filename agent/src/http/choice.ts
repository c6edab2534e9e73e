import { invalid } from './input.ts';

/**
 * `a,b` -> [a, b], each once, in the order asked; undefined where nothing was asked.
 * @throws AgentError `request/invalid` naming the first that is not allowed
 */
export function chosenOf<N extends string>(
  field: string,
  text: string | undefined,
  allowed: readonly N[],
): N[] | undefined {
  if (text === undefined) return undefined;
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !(allowed as readonly string[]).includes(name));
  if (wrong !== undefined)
    throw invalid(`${field} has ${JSON.stringify(wrong)}; allowed: ${allowed.join(', ')}`, {
      field,
      value: wrong,
      allowed,
    });
  return names as N[];
}

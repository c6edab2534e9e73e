/** `%`, `_` and the escape itself stand for themselves. */
export const likePattern = (part: string): string => `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

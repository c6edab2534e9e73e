/**
 * Values for `t` that hold names or sentences. `t` writes values as HTML by default (`a/b` becomes `a&#x2F;b`); React escapes by itself, so they
 * go in as they are. Not needed for numbers.
 */
export const plain = <T extends Record<string, unknown>>(values: T) => ({
  ...values,
  interpolation: { escapeValue: false },
});

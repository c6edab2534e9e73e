import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAgentError } from '../../agent/src/core/errors.ts';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { forwardArgs, readServicesArgs } from '../../agent/src/kubectl/args.ts';
import { resolveContext } from '../../agent/src/kubectl/contexts.ts';

/** What kubectl takes as options here; all else must be the value after one of them, or the operand. */
const OPTIONS = ['--kubeconfig', '--context', '-n', '--pod-running-timeout', '--address', '--request-timeout', '-o'];

/** The arguments as kubectl reads them: the options with their values, and what is left. */
function readBack([command = '', ...args]: readonly string[]) {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) operands.push(arg);
    else {
      if (!OPTIONS.includes(arg) || options.has(arg)) throw new Error(`the option ${arg}`);
      options.set(arg, args[++i] ?? '');
    }
  }
  return { command, options, operands };
}

const names = fc.record({
  kubeconfig: fc.option(hostileText, { nil: null }),
  context: hostileText,
  namespace: hostileText,
  service: hostileText,
});

const refusedOr = <T>(build: () => T): T | null => {
  try {
    return build();
  } catch (error) {
    if (!isAgentError(error) || error.code !== 'config/invalid') throw error;
    return null;
  }
};

test('no name becomes an option of kubectl, or another operand', () => {
  fc.assert(
    fc.property(names, (given) => {
      const { kubeconfig, context, namespace, service } = given;
      const forward = refusedOr(() =>
        forwardArgs({ ...given, port: 9090, endpoint: { address: '127.0.0.1', port: 5 }, podTimeoutMs: 1_000 }),
      );
      const get = refusedOr(() => readServicesArgs({ ...given, timeoutMs: 1_000 }));
      for (const [args, operands] of [
        [forward, [`service/${service}`, '5:9090']],
        [get, ['service', service]],
      ] as const) {
        if (args === null) continue;
        const read = readBack(args);
        expect(read.operands).toEqual(operands);
        expect(read.options.get('--context')).toBe(context);
        expect(read.options.get('-n')).toBe(namespace);
        expect(read.options.get('--kubeconfig')).toBe(kubeconfig ?? undefined);
        expect(
          [context, namespace, service, kubeconfig].some((text) => text?.startsWith('-') || text?.includes('\0')),
        ).toBe(false);
      }
    }),
    HOSTILE_RUNS,
  );
});

test('a context that looks like an option is none, though the kubeconfig has it', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (name, suffix) => {
      const contexts = [name, name + suffix];
      const found = refusedOr(() =>
        resolveContext({ name }, { contexts, contextSuffix: suffix, code: 'config/invalid' }),
      );
      if (found !== null) expect(found.startsWith('-')).toBe(false);
    }),
    HOSTILE_RUNS,
  );
});

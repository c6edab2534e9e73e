import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forwardArgs, readServicesArgs } from './args.ts';

const FORWARD = {
  kubeconfig: null,
  context: 'prod-admin',
  namespace: 'monitoring',
  service: 'prometheus-server',
  port: 9090,
  endpoint: { address: '127.0.0.2', port: 55553 },
  podTimeoutMs: 8_000,
};

test('a forward names context, namespace, address, service and ports', () => {
  expect(forwardArgs(FORWARD).join(' ')).toBe(
    'port-forward --context prod-admin -n monitoring --pod-running-timeout 8s --address 127.0.0.2 service/prometheus-server 55553:9090',
  );
});

test('a kubeconfig goes before the context', () => {
  expect(forwardArgs({ ...FORWARD, kubeconfig: '/home/u/my kube' }).slice(0, 3)).toEqual([
    'port-forward',
    '--kubeconfig',
    '/home/u/my kube',
  ]);
});

const READ = { kubeconfig: null, context: 'c', namespace: 'monitoring', service: null, timeoutMs: 500 };

test.each([
  [null, 'get --context c -n monitoring --request-timeout 1s -o json services'],
  ['prom', 'get --context c -n monitoring --request-timeout 1s -o json service prom'],
])('reading service %s', (service, line) => {
  expect(readServicesArgs({ ...READ, service }).join(' ')).toBe(line);
});

test.each([
  ['context', '--kubeconfig=/etc/passwd'],
  ['context', '-n'],
  ['context', ''],
  ['context', 'a\nb'],
  ['namespace', '--all-namespaces'],
  ['service', '-x'],
  ['kubeconfig', '--token=x'],
])('a %s of %j is refused', (field, value) => {
  for (const build of [
    () => forwardArgs({ ...FORWARD, [field]: value }),
    () => readServicesArgs({ ...READ, service: 's', [field]: value }),
  ]) {
    expect(build).toThrow(
      expect.objectContaining({ code: 'config/invalid', details: expect.objectContaining({ field, value }) }),
    );
  }
});

test('whatever the name: it stays one argument, and none of ours becomes an option', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (context) => {
      fc.pre(!context.startsWith('-'));
      // eslint-disable-next-line no-control-regex
      fc.pre(!/[\u0000-\u001f]/.test(context));
      const args = forwardArgs({ ...FORWARD, context });
      expect(args[args.indexOf('--context') + 1]).toBe(context);
      expect(args).toHaveLength(11);
    }),
  );
});

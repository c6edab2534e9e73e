import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { GrantedRole } from './stub-authorizer.ts';

export const RBAC_FILE = join(fileURLToPath(new URL('../../', import.meta.url)), 'docs/rbac.yaml');

/** A name as Kubernetes allows it for these objects. */
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
const metadata = z.strictObject({ name, namespace: name });
const RBAC = 'rbac.authorization.k8s.io';

/**
 * The three objects with the fields that Kubernetes' API reference gives them and no other: an API server drops a field that it does not
 * know, so a misspelt one would grant something else than it says.
 */
const objects = z.tuple([
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('ServiceAccount'),
    metadata,
    automountServiceAccountToken: z.boolean(),
  }),
  z.strictObject({
    apiVersion: z.literal(`${RBAC}/v1`),
    kind: z.literal('Role'),
    metadata,
    rules: z
      .array(
        z.strictObject({
          apiGroups: z.array(z.string()).min(1),
          resources: z.array(z.string().regex(/^[a-z]+(\/[a-z]+)?$/)).min(1),
          verbs: z
            .array(z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*']))
            .min(1),
        }),
      )
      .min(1),
  }),
  z.strictObject({
    apiVersion: z.literal(`${RBAC}/v1`),
    kind: z.literal('RoleBinding'),
    metadata,
    roleRef: z.strictObject({ apiGroup: z.literal(RBAC), kind: z.literal('Role'), name }),
    subjects: z.array(z.strictObject({ kind: z.literal('ServiceAccount'), name, namespace: name })).length(1),
  }),
]);

export type RbacManifest = z.infer<typeof objects>;

/** docs/rbac.yaml. @throws where it is not valid: duplicate keys, a field that Kubernetes does not have, a wrong type */
export function readRbacManifest(text = readFileSync(RBAC_FILE, 'utf8')): RbacManifest {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  if (!Array.isArray(documents)) throw new Error('docs/rbac.yaml is empty');
  for (const { errors } of documents) if (errors[0]) throw errors[0];
  return objects.parse(documents.map((document) => document.toJS() as unknown).filter((object) => object !== null));
}

export const roleOf = ([
  ,
  {
    metadata: { namespace },
    rules,
  },
]: RbacManifest): GrantedRole => ({ namespace, rules });

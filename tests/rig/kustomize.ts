import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { repository } from './image-rehearsal.ts';

export type KubernetesObject = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
};

/** What `kubectl apply -k` of a directory would send. @throws what kustomize says against it */
export function rendered(directory: string): KubernetesObject[] {
  const text = execFileSync('kubectl', ['kustomize', join(repository, directory)], { encoding: 'utf8' });
  return objectsIn(text);
}

export function objectsIn(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  if (!Array.isArray(documents)) throw new Error('there is nothing in it');
  for (const { errors } of documents) if (errors[0]) throw errors[0];
  return documents.map((document) => document.toJS() as KubernetesObject | null).filter((object) => object !== null);
}

/** The one object of a kind, and of a name where there are several. */
export function only<T = KubernetesObject>(objects: readonly KubernetesObject[], kind: string, name?: string): T {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of the kind ${kind}`);
  return found[0] as T;
}

/** Where Kubernetes' types of an apiVersion are: `apps/v1`, and `core/v1` for `v1`. */
const moduleOf = (apiVersion: string): string =>
  `kubernetes-types/${apiVersion === 'v1' ? 'core/v1' : apiVersion.replace(/^(\w+)(\.k8s\.io)?\//, '$1/')}`;

/**
 * What the types that are made from Kubernetes' OpenAPI have against these objects: fields that there are not, that are missing, or of another kind. An
 * API server would drop the first without a word. Written as a program of object literals, of which TypeScript refuses unknown fields at any depth.
 */
export function schemaProblems(objects: readonly KubernetesObject[]): string[] {
  const source = objects
    .map((object, i) => {
      const type = `import('${moduleOf(object.apiVersion)}').${object.kind}`;
      return `export const _${i}: ${type} = ${JSON.stringify(object, null, 1)};`;
    })
    .join('\n');
  const file = join(repository, 'tests/rig/rendered-manifests.ts');
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([file], options, {
    ...host,
    fileExists: (path) => path === file || host.fileExists(path),
    getSourceFile: (path, ...rest) =>
      path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.ES2022) : host.getSourceFile(path, ...rest),
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start }) => {
    const line = source.slice(0, start).split('\n').length;
    return `${source.split('\n')[line - 1]?.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

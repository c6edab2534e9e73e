import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { z } from 'zod';
import { errorAnswerSchema } from '../contract/common.ts';
import type { JsonRoute, Route } from './route.ts';

const JSON_TYPE = 'application/json';

/** The OpenAPI 3.1 document of `routes`, from the same schemas that check what comes in. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'HPA Watch agent', version, license: { name: 'Apache-2.0' } },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: paths,
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const common = { tags: [route.tag], summary: route.summary };
  const failure = {
    default: { description: 'Refused or failed', content: { [JSON_TYPE]: { schema: errorAnswerSchema } } },
  };
  if (route.kind === 'raw')
    return {
      ...common,
      ...(route.open ? { security: [] } : {}),
      responses: {
        200: { description: 'Done', content: { [route.contentType]: { schema: bodyOf(route.contentType) } } },
        ...failure,
      },
    };
  return {
    ...common,
    requestParams: { ...(route.params ? { path: route.params } : {}), ...(route.query ? { query: route.query } : {}) },
    ...bodyObject(route),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, schema]) => [
          status,
          { description: 'Done', content: { [JSON_TYPE]: { schema } } },
        ]),
      ),
      ...(route.fingerprint ? { 304: { description: 'As the client holds it, by If-None-Match' } } : {}),
      ...failure,
    },
  };
}

const bodyOf = (contentType: string): z.ZodType =>
  contentType === JSON_TYPE ? z.object({}).catchall(z.unknown()) : z.string();

function bodyObject({ body }: JsonRoute): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (!body) return {};
  const required = !(body instanceof z.ZodOptional);
  const schema = body instanceof z.ZodOptional ? (body.unwrap() as z.ZodType) : body;
  return { requestBody: { required, content: { [JSON_TYPE]: { schema } } } };
}

import { accessAnswerSchema, API_VERSION } from '../contract/access.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';

/** What a caller may do, so that a client can say it before a call is refused. */
export const accessRoutes = ({ version }: Pick<Services, 'version'>): Route[] => [
  jsonRoute({
    method: 'get',
    path: '/api/v1/access',
    tag: 'agent',
    summary: 'What the token of this call may do.',
    answers: { 200: accessAnswerSchema },
    handle: async ({ access }) => ok({ access, version, api: API_VERSION }),
  }),
];

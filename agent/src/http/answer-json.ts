import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AgentError } from '../core/errors.ts';
import type { Access } from './auth.ts';
import type { Changes } from './changes.ts';
import { isHeld, weakEtag, type HeldTags } from './etag.ts';
import { parseInput } from './input.ts';
import type { JsonRoute } from './route.ts';

export const NO_QUERY = z.strictObject({});

export type AnswerJson = (route: JsonRoute) => RequestHandler;

export type AnswerDeps = {
  changes: Pick<Changes, 'note'>;
  tags: HeldTags;
  /** What a cluster is called; one that is not watched: the name as given. */
  clusterOf: (name: string) => string;
};

/**
 * Parses what came in, asks the route, answers. A client that holds the answer gets 304: without asking the route at all where nothing
 * can have changed since its tag was made, else after comparing.
 */
export const createAnswer =
  ({ changes, tags, clusterOf }: AnswerDeps): AnswerJson =>
  (route) =>
  async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => {
      if (!res.writableFinished) gone.abort(new AgentError('agent/aborted', 'the client is gone'));
    });
    const ifNoneMatch = req.get('if-none-match');
    const known = route.fingerprint && tags.find(req.originalUrl);
    if (known && isHeld(ifNoneMatch, known)) return void res.set('etag', known).status(304).end();

    const asked = tags.moment();
    const input = {
      params: route.params && parseInput(route.params, req.params, 'path'),
      query: parseInput(route.query ?? NO_QUERY, req.query, 'query'),
      body: route.body && parseInput(route.body, req.body, 'body'),
      signal: gone.signal,
      access: res.locals['access'] as Access,
    };
    const isChange = route.method !== 'get' && !route.readsOnly;
    // By what they are called before and after: a cluster that is removed has no other name any more, one that is added none yet.
    const touched = () => route.touches?.(input).map(clusterOf) ?? null;
    const before = isChange ? touched() : null;
    const { status, body } = await route.handle(input).finally(() => {
      if (isChange) changes.note(before && [...new Set([...before, ...(touched() ?? [])])]);
    });
    if (res.destroyed) return;
    if (route.fingerprint && status === 200) {
      const etag = weakEtag(route.fingerprint(body));
      tags.keep(req.originalUrl, etag, asked);
      res.set('etag', etag);
      if (isHeld(ifNoneMatch, etag)) return void res.status(304).end();
    }
    res.status(status).json(body);
  };

import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Access } from './auth.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `{cluster}` in `path` is a parameter. One table of routes makes the router, the 405 answers and the OpenAPI document. */
type RouteBase = { method: Method; path: string; tag: string; summary: string };

export type Input<P = unknown, Q = unknown, B = unknown> = {
  params: P;
  query: Q;
  body: B;
  /** Aborts when the client is gone. */
  signal: AbortSignal;
  /** What the token of this call may do. */
  access: Access;
};

export type Reply = { status: number; body: object };

export type JsonRoute = RouteBase & {
  kind: 'json';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Success statuses and what their bodies look like. */
  answers: Record<number, z.ZodType>;
  /** What of a 200 body tells two answers apart; given, the answer has an ETag and a client that holds it gets 304. */
  fingerprint?(body: object): unknown;
  /** A POST that only asks: nothing is different after it. */
  readsOnly?: true;
  /** The clusters of which a call may change HPAs, by any of their names; absent: of any. */
  touches?(input: Pick<Input, 'params' | 'body'>): readonly string[];
  handle(input: Input): Promise<Reply>;
};

/** A route that writes its answer itself. */
export type RawRoute = RouteBase & {
  kind: 'raw';
  contentType: string;
  /** Answered without a token and for any Host. */
  open?: true;
  handle(req: Request, res: Response): Promise<void> | void;
};

export type Route = JsonRoute | RawRoute;

type Parsed<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

type JsonSpec<
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
> = Omit<JsonRoute, 'kind' | 'params' | 'query' | 'body' | 'touches' | 'handle'> & {
  params?: P;
  query?: Q;
  body?: B;
  touches?(input: Pick<Input<Parsed<P>, unknown, Parsed<B>>, 'params' | 'body'>): readonly string[];
  handle(input: Input<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<Reply>;
};

/** A JSON route whose handler gets exactly what its schemas parse. */
export const jsonRoute = <
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  spec: JsonSpec<P, Q, B>,
): JsonRoute => ({ ...spec, kind: 'json' });

export const ok = (body: object, status = 200): Reply => ({ status, body: { status: 'success', ...body } });

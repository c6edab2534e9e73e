import { parentPort } from 'node:worker_threads';
import { learnFrom } from '../baseline/hpa-profile.ts';
import { unpackSeries, type LearnRequest, type LearnResponse } from './learning-wire.ts';

/** The thread that makes profiles. Started by learning-thread.ts only. */
const port = parentPort;

function answerTo({ id, columns, options }: LearnRequest): LearnResponse {
  try {
    return { id, profile: learnFrom(unpackSeries(columns), options) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

port?.on('message', (request: LearnRequest) => port.postMessage(answerTo(request)));

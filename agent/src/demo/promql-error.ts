/** A failed query as Prometheus tells it. https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly errorType: 'bad_data' | 'execution';

  constructor(errorType: 'bad_data' | 'execution', message: string) {
    super(message);
    this.errorType = errorType;
  }

  /** 400 for a query that makes no sense, 422 for one that cannot be executed. */
  get httpStatus(): number {
    return this.errorType === 'bad_data' ? 400 : 422;
  }
}

export const invalid = (message: string): PromqlError => new PromqlError('bad_data', message);
export const failed = (message: string): PromqlError => new PromqlError('execution', message);
export const unsupported = (what: string): PromqlError =>
  failed(`${what} is not supported by the simulated fleet's PromQL subset`);

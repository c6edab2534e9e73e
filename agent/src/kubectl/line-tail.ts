/** The last lines of a stream, and which of them came since something last went well. */
export type LineTail = {
  push(line: string): void;
  /** Oldest first. */
  lines(): string[];
  /** What came before now is no longer a reason for anything. */
  mark(): void;
  sinceMark(): string[];
};

export function createLineTail(limit = 40): LineTail {
  let kept: string[] = [];
  let fresh = 0;
  return {
    push(line) {
      kept = [...kept, line.slice(0, MAX_LINE_LENGTH)].slice(-limit);
      fresh = Math.min(fresh + 1, limit);
    },
    lines: () => [...kept],
    mark: () => void (fresh = 0),
    sinceMark: () => kept.slice(kept.length - fresh),
  };
}

const MAX_LINE_LENGTH = 2_000;

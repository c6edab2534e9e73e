/** The list of clusters where several agents share it. */
export type SharedList = {
  /** Reads the list again; what it holds is told to `follow` before this resolves. */
  refresh(): Promise<void>;
  /** Nobody may write for the cluster any more. */
  free(name: string): Promise<void>;
};

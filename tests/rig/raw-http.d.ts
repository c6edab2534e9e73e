export type RawAnswer = {
    status: number;
    headers: Map<string, string>;
    body: string;
};
/** `hung`: the agent neither answered all nor closed in time. */
export type RawOutcome = {
    answers: RawAnswer[];
    hung: boolean;
};
/**
 * Sends these bytes on a connection of its own, says that nothing more comes (unless told otherwise), and reads until the agent closes. An event
 * stream, which never ends, is left when its head is there.
 */
export declare function sendRaw({ port, host }: {
    port: number;
    host?: string;
}, bytes: Buffer | string, { patienceMs, endsSending }?: {
    patienceMs?: number | undefined;
    endsSending?: boolean | undefined;
}): Promise<RawOutcome>;
/** All answers in what came back, one after another; an answer to HEAD is the last one. */
export declare function answersIn(text: string): RawAnswer[];

import { createRequire } from 'node:module';
import type * as DockerfileAst from 'dockerfile-ast';
import type { Instruction, ModifiableInstruction } from 'dockerfile-ast';

// CommonJS whose names Node cannot see from outside.
const { DockerfileParser } = createRequire(import.meta.url)('dockerfile-ast') as typeof DockerfileAst;

export type Step = {
  keyword: string;
  flags: ReadonlyMap<string, string>;
  /** What stands behind the keyword and its flags, with continued lines joined. */
  text: string;
  words: string[];
};

export type Stage = { name: string; from: string; steps: Step[] };

export type Recipe = {
  /** Arguments before the first stage, with their defaults. */
  args: ReadonlyMap<string, string>;
  stages: Stage[];
};

/** The stages of a Dockerfile; `${NAME}` in FROM is filled in from `args` and the ARGs that stand before the first stage. */
export function parseDockerfile(content: string, args: Record<string, string> = {}): Recipe {
  const given = new Map<string, string>();
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(content).getInstructions()) {
    const step = stepOf(instruction);
    const stage = stages.at(-1);
    if (step.keyword === 'FROM') {
      const [from = '', , name = ''] = step.words;
      stages.push({ name, from: filledIn(from, new Map([...given, ...Object.entries(args)])), steps: [] });
    } else if (stage !== undefined) {
      stage.steps.push(step);
    } else if (step.keyword === 'ARG') {
      const [name = '', value = ''] = step.text.split('=', 2);
      given.set(name, value);
    } else {
      throw new Error(`before the first stage: ${step.keyword}`);
    }
  }
  return { args: given, stages };
}

function stepOf(instruction: Instruction): Step {
  const flags = 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags() : [];
  // Flags stand first; what comes after them is told by position, not by looking for "--".
  const words = instruction.getExpandedArguments().map((argument) => argument.getValue());
  const own = words.filter((word) => !flags.some((flag) => flag.toString() === word));
  return {
    keyword: instruction.getKeyword(),
    flags: new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    text: own.join(' '),
    words: own,
  };
}

const filledIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`FROM names ${name}, which nobody sets`);
    return value;
  });

/** The words of `["a", "b"]`, as ENTRYPOINT, CMD and HEALTHCHECK CMD have them. */
export function execForm(step: Step | undefined): string[] {
  const list = /\[.*\]/s.exec(step?.text ?? '')?.[0];
  if (list === undefined) throw new Error(`no exec form: ${step?.text ?? 'no such instruction'}`);
  return JSON.parse(list) as string[];
}

/** NAME -> value of every ENV or LABEL of a stage. */
export const assignments = (stage: Stage, keyword: 'ENV' | 'LABEL'): Map<string, string> =>
  new Map(
    stage.steps
      .filter((step) => step.keyword === keyword)
      .flatMap(({ text }) => [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)])
      .map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']),
  );

import { AgentError } from '../core/errors.ts';
import { parsePlainYaml, YamlRefused } from '../core/plain-yaml.ts';

/** Nobody writes settings of this size. */
const MOST_CHARACTERS = 1_048_576;

/**
 * The text of a settings file as plain data.
 * @throws AgentError `config/unreadable`
 */
export function parseSettings(text: string, path: string): unknown {
  try {
    return parsePlainYaml(text, MOST_CHARACTERS) ?? {};
  } catch (cause) {
    if (!(cause instanceof YamlRefused)) throw cause;
    const where = cause.at ? ` at line ${cause.at.line}, column ${cause.at.col}` : '';
    const message = `The settings file ${path} is not valid YAML${where} (${cause.message})`;
    throw new AgentError('config/unreadable', message, { details: { file: path } });
  }
}

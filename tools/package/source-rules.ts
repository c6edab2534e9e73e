// What the catalogue's reviewers refuse in the source of a plugin.

const RULES: [RegExp, string][] = [
  [/\bconsole\.(log|debug|info)\(/, 'writes to the console'],
  [/window\.open\((?![^)]*noopener)/, 'opens a window without noopener'],
  [/document\.querySelector/, 'reaches into the page with document.querySelector'],
  [/@ts-ignore|@ts-nocheck/, 'silences the compiler'],
  [/import\s+['"][^'"]+\.s?css['"]/, 'imports a style sheet'],
  [/dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=/, 'sets HTML'],
  [
    /localStorage\.(get|set|remove)Item\(\s*['"`](?!hpawatch)/,
    'keeps something in localStorage without a prefix of its own',
  ],
  [/\beval\(|new Function\(/, 'runs text as code'],
  [/datasourceRequest\(/, 'uses the old datasourceRequest'],
];

/** What of it a file does: `line: what`. */
export const sourceProblems = (source: string): string[] =>
  source
    .split('\n')
    .flatMap((line, index) =>
      RULES.filter(([pattern]) => pattern.test(line)).map(([, problem]) => `${index + 1}: ${problem}`),
    );

/** A nested plugin cannot load chunks: it must not import anything later. */
export const nestedProblems = (source: string): string[] =>
  source
    .split('\n')
    .flatMap((line, index) =>
      /\bimport\(|React\.lazy|\blazy\(/.test(line) ? [`${index + 1}: loads a chunk, which a nested plugin cannot`] : [],
    );

// npm run i18n: writes the texts of the plugin's code to its English file, and takes out of the others what is used no more.
// npm run i18n:check: says what is missing, unused or has other values, and fails where anything does.
import { writeFileSync } from 'node:fs';
import { clashes, englishTexts, nest, problemsOf, staleEnglish, withoutUnused, type Texts } from './i18n/catalogue.ts';
import { fileOf, readCode, readTexts, TRANSLATIONS } from './i18n/files.ts';

const write = (language: string, texts: Texts): void =>
  writeFileSync(fileOf(language), `${JSON.stringify(nest(texts), null, 2)}\n`);

const { texts, problems: ofCode } = readCode();
ofCode.push(...clashes(texts));
if (ofCode.length === 0 && !process.argv.includes('--check')) {
  write('en-US', englishTexts(texts));
  for (const language of TRANSLATIONS) write(language, withoutUnused(readTexts(language), texts, language));
}
const english = readTexts('en-US');
const problems = [
  ...ofCode,
  ...staleEnglish(english, texts),
  ...['en-US', ...TRANSLATIONS].flatMap((language) => problemsOf(readTexts(language), texts, language)),
];
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0
    ? `${english.size} texts, the same in ${['en-US', ...TRANSLATIONS].join(', ')}.`
    : `${problems.length} problems. \`npm run i18n\` writes the English file; translations are written by hand.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

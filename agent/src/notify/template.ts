import {
  placeholdersOf,
  replacePlaceholders,
  type Placeholder,
  type TemplateValue,
} from '../domain/notify-settings.ts';
import type { MessageView } from './view.ts';

/**
 * The JSON value with its texts filled in. Only texts are looked at, so whatever a value holds, the outcome has the shape of the
 * template. A text that is one placeholder and nothing else takes the value as it is: a number stays a number, nothing is null.
 */
export function fillTemplate(template: TemplateValue, view: MessageView): TemplateValue {
  if (typeof template === 'string') return fillText(template, view);
  if (template === null || typeof template !== 'object') return template;
  if (isList(template)) return template.map((item) => fillTemplate(item, view));
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillTemplate(value, view)]));
}

const isList = (value: TemplateValue): value is readonly TemplateValue[] => Array.isArray(value);

function fillText(text: string, view: MessageView): string | number | null {
  const [only] = placeholdersOf(text);
  if (only !== undefined && /^\{\{[^{}]*\}\}$/.test(text)) return view[only as Placeholder];
  return replacePlaceholders(text, (name) => String(view[name as Placeholder] ?? ''));
}

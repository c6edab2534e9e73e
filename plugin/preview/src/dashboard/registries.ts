import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldConfigProperty,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  valueMappingsOverrideProcessor,
  type FieldConfigPropertyItem,
} from '@grafana/data';

/** Nobody edits a panel here. */
const NoEditor = () => null;

type Process = FieldConfigPropertyItem['process'];

const item = (id: FieldConfigProperty, process: unknown, rest: Partial<FieldConfigPropertyItem> = {}) => ({
  id,
  path: id,
  name: id,
  description: '',
  editor: NoEditor,
  override: NoEditor,
  process: process as Process,
  shouldApply: () => true,
  settings: {},
  ...rest,
});

/** What every field of every panel can be told: the standard options, as @grafana/data describes them. */
const standardOptions = (): FieldConfigPropertyItem[] =>
  [
    item(FieldConfigProperty.DisplayName, displayNameOverrideProcessor, { settings: { expandTemplateVars: true } }),
    item(FieldConfigProperty.Unit, stringOverrideProcessor),
    item(FieldConfigProperty.Min, numberOverrideProcessor),
    item(FieldConfigProperty.Max, numberOverrideProcessor),
    item(FieldConfigProperty.FieldMinMax, booleanOverrideProcessor),
    item(FieldConfigProperty.Decimals, numberOverrideProcessor),
    item(FieldConfigProperty.NoValue, stringOverrideProcessor),
    item(FieldConfigProperty.Color, identityOverrideProcessor),
    item(FieldConfigProperty.Thresholds, thresholdsOverrideProcessor),
    item(FieldConfigProperty.Mappings, valueMappingsOverrideProcessor),
    item(FieldConfigProperty.Links, dataLinksOverrideProcessor),
    item(FieldConfigProperty.Filterable, booleanOverrideProcessor),
  ] as FieldConfigPropertyItem[];

const EDITORS = [
  ...['text', 'number', 'slider', 'boolean', 'select', 'radio', 'multi-select', 'unit', 'color', 'thresholds'],
  ...['mappings', 'links', 'strings', 'timezone', 'fieldColor', 'stats-picker', 'field-name', 'dashboard-uid'],
];

/** Fills the registries that Grafana's core fills before any panel is loaded. */
export function fillRegistries(): void {
  standardEditorsRegistry.setInit(() => EDITORS.map((id) => ({ id, name: id, description: '', editor: NoEditor })));
  standardFieldConfigEditorRegistry.setInit(standardOptions as never);
  // Some stand there under two names.
  const transformers = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  standardTransformersRegistry.setInit(() =>
    [...transformers.values()].map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      transformation,
      editor: NoEditor,
      imageDark: '',
      imageLight: '',
    })),
  );
}

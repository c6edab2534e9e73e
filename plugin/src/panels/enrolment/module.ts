import { PanelPlugin } from '@grafana/data';
import { t } from '@grafana/i18n';
import { initNestedTranslations } from '../../locales/load-nested';
import { DataSourceOption } from '../DataSourceOption';
import { EnrolmentPanel } from './EnrolmentPanel';
import { completeOptions, ENROLMENT_DEFAULTS, type EnrolmentOptions } from './options';

await initNestedTranslations();

export const plugin = new PanelPlugin<EnrolmentOptions>(EnrolmentPanel)
  .setMigrationHandler(({ options }) => completeOptions(options))
  .setPanelOptions((builder) => {
    builder
      .addCustomEditor({
        id: 'dataSource',
        path: 'dataSource',
        name: t('panel.data-source', 'Data source'),
        editor: DataSourceOption,
        defaultValue: ENROLMENT_DEFAULTS.dataSource,
      })
      .addTextInput({
        path: 'clusters',
        name: t('panel.enrolment.clusters', 'Clusters'),
        description: t(
          'panel.enrolment.clusters-text',
          'Names parted by commas, or a variable such as $cluster. Empty: all clusters of the agent.',
        ),
        settings: { placeholder: t('panel.enrolment.clusters-all', 'all') },
        defaultValue: ENROLMENT_DEFAULTS.clusters,
      });
  });

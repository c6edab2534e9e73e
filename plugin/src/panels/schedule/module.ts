import { PanelPlugin } from '@grafana/data';
import { t } from '@grafana/i18n';
import { initNestedTranslations } from '../../locales/load-nested';
import { DataSourceOption } from '../DataSourceOption';
import { completeOptions, SCHEDULE_DEFAULTS, type ScheduleOptions } from './options';
import { SchedulePanel } from './SchedulePanel';

await initNestedTranslations();

export const plugin = new PanelPlugin<ScheduleOptions>(SchedulePanel)
  .setMigrationHandler(({ options }) => completeOptions(options))
  .setPanelOptions((builder) => {
    builder
      .addCustomEditor({
        id: 'dataSource',
        path: 'dataSource',
        name: t('panel.data-source', 'Data source'),
        editor: DataSourceOption,
        defaultValue: SCHEDULE_DEFAULTS.dataSource,
      })
      .addBooleanSwitch({
        path: 'showErrors',
        name: t('panel.schedule.show-errors', 'Errors'),
        description: t('panel.schedule.show-errors-text', 'What is wrong with a cluster, as a sentence in its cell'),
        defaultValue: SCHEDULE_DEFAULTS.showErrors,
      })
      .addBooleanSwitch({
        path: 'compact',
        name: t('panel.schedule.compact', 'Compact'),
        description: t('panel.schedule.compact-text', 'Only the clusters and their states'),
        defaultValue: SCHEDULE_DEFAULTS.compact,
      });
  });

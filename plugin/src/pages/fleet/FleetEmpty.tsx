import { t, Trans } from '@grafana/i18n';
import { Button, EmptyState, LinkButton } from '@grafana/ui';
import { enrolUrl } from '../../view/links';
import { TEST_IDS } from '../../view/test-ids';

/** No HPA is watched yet: what to do next. */
export const FleetEmpty = ({ canEdit }: { canEdit: boolean }) => (
  <div data-testid={TEST_IDS.fleet.empty}>
    <EmptyState
      variant="call-to-action"
      message={t('fleet.empty.title', 'No HPA is watched yet')}
      button={
        canEdit ? (
          <LinkButton icon="plus" size="lg" href={enrolUrl()}>
            <Trans i18nKey="fleet.empty.enrol">Enrol HPAs</Trans>
          </LinkButton>
        ) : undefined
      }
    >
      {canEdit ? (
        <Trans i18nKey="fleet.empty.text">
          Pick a cluster and enrol its HPAs. What is usual for each is learned from the last three days that its
          Prometheus has.
        </Trans>
      ) : (
        <Trans i18nKey="fleet.empty.viewer">Somebody with the role Editor can enrol HPAs.</Trans>
      )}
    </EmptyState>
  </div>
);

/** HPAs there are, but the filters show none. */
export const FleetNoMatch = ({ onClear }: { onClear: () => void }) => (
  <div data-testid={TEST_IDS.fleet.noMatch}>
    <EmptyState
      variant="not-found"
      message={t('fleet.no-match', 'No HPA matches these filters')}
      button={
        <Button variant="secondary" onClick={onClear}>
          <Trans i18nKey="fleet.clear">Clear the filters</Trans>
        </Button>
      }
    />
  </div>
);

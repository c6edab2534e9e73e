import { t, Trans } from '@grafana/i18n';
import { Button, Checkbox, Modal } from '@grafana/ui';
import { useState } from 'react';
import { plain } from '../plain';
import { TEST_IDS } from '../test-ids';
import type { EnrolmentRow } from './rows';

type Props = {
  row: EnrolmentRow;
  onStop: (purge: boolean) => void;
  onDismiss: () => void;
};

/** Asks before the watching ends: the history stays unless the person wants it gone. */
export function StopDialog({ row, onStop, onDismiss }: Props) {
  const [purge, setPurge] = useState(false);
  return (
    <Modal
      isOpen
      title={t('enrolment.stop.title', 'Stop watching {{name}}?', plain({ name: `${row.namespace}/${row.hpa}` }))}
      onDismiss={onDismiss}
    >
      <div data-testid={TEST_IDS.enrol.stop}>
        <p>
          <Trans i18nKey="enrolment.stop.text">
            It is no longer scanned and nobody is told of its anomalies. Its history and baseline stay in the agent, so
            that you can enrol it again at any time.
          </Trans>
        </p>
        <Checkbox
          value={purge}
          onChange={(event) => setPurge(event.currentTarget.checked)}
          label={t('enrolment.stop.purge', 'Delete its history too')}
          description={t('enrolment.stop.purge-text', 'Samples, baseline and anomalies are removed for good.')}
        />
      </div>
      <Modal.ButtonRow>
        <Button variant="secondary" fill="outline" onClick={onDismiss}>
          <Trans i18nKey="enrolment.stop.cancel">Cancel</Trans>
        </Button>
        <Button variant="destructive" onClick={() => onStop(purge)}>
          {purge ? (
            <Trans i18nKey="enrolment.stop.delete">Stop and delete</Trans>
          ) : (
            <Trans i18nKey="enrolment.stop.stop">Stop watching</Trans>
          )}
        </Button>
      </Modal.ButtonRow>
    </Modal>
  );
}

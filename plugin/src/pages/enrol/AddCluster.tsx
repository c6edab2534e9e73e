import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Alert, Button, Field, Input, Modal, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { useState, type FormEvent } from 'react';
import type { ClusterView } from '@hpa-watch/agent/contract';
import type { AgentClient } from '../../api/agent-client';
import { toProblem, type AgentProblem } from '../../api/problem';
import { problemText } from '../../view/problem-text';
import { TEST_IDS } from '../../view/test-ids';
import { contextsOf, EMPTY_FORM, requestOf, withContext, type ClusterForm, type ClusterWay } from './cluster-form';

type Props = {
  client: AgentClient;
  onAdded: (cluster: ClusterView) => void;
  onDismiss: () => void;
};

/** Adds a cluster by a context of the agent's kubeconfig, or by the address of its Prometheus. A wrong name lists the contexts there are. */
export function AddCluster({ client, onAdded, onDismiss }: Props) {
  const styles = useStyles2(getStyles);
  const [form, setForm] = useState<ClusterForm>(EMPTY_FORM);
  const [problem, setProblem] = useState<AgentProblem | null>(null);
  const [isSending, setIsSending] = useState(false);
  const request = requestOf(form);
  const change = (part: Partial<ClusterForm>): void => setForm((was) => ({ ...was, ...part }));

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (request === null || isSending) return;
    setIsSending(true);
    try {
      onAdded((await client.addCluster(request)).cluster);
    } catch (error) {
      setProblem(toProblem(error));
      setIsSending(false);
    }
  };

  const ways: { value: ClusterWay; label: string }[] = [
    { value: 'context', label: t('enrol.add.by-context', 'kubectl context') },
    { value: 'address', label: t('enrol.add.by-address', 'Address of Prometheus') },
  ];
  return (
    <Modal isOpen title={t('enrol.add.title', 'Add a cluster')} onDismiss={onDismiss}>
      <form onSubmit={(event) => void send(event)} data-testid={TEST_IDS.enrol.addCluster}>
        <Field label={t('enrol.add.way', 'Reached by')}>
          <RadioButtonGroup options={ways} value={form.way} onChange={(way) => change({ way })} fullWidth />
        </Field>
        <Field label={t('enrol.add.name', 'Name')} htmlFor="enrol-cluster-name" required>
          <Input
            id="enrol-cluster-name"
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            placeholder="prod-eu"
            autoFocus
          />
        </Field>
        {form.way === 'context' ? (
          <Field
            label={t('enrol.add.context', 'Context')}
            description={t(
              'enrol.add.context-text',
              'Of the kubeconfig that the agent uses. Empty: the context of that name, also with -admin behind it.',
            )}
            htmlFor="enrol-cluster-context"
          >
            <Input
              id="enrol-cluster-context"
              value={form.context}
              onChange={(event) => change({ context: event.currentTarget.value })}
            />
          </Field>
        ) : (
          <Field
            label={t('enrol.add.address', 'Address')}
            description={t('enrol.add.address-text', 'As the agent reaches it, without kubectl.')}
            htmlFor="enrol-cluster-address"
            required
          >
            <Input
              id="enrol-cluster-address"
              value={form.address}
              onChange={(event) => change({ address: event.currentTarget.value })}
              placeholder="http://127.0.0.1:9090"
            />
          </Field>
        )}
        {form.way === 'context' && (
          <p className={styles.note}>
            <Trans i18nKey="enrol.add.note">
              The agent starts a port-forward to its Prometheus at once. Nothing is installed in the cluster.
            </Trans>
          </p>
        )}
        {problem && <Refusal problem={problem} onPick={(context) => setForm((was) => withContext(was, context))} />}
        <Modal.ButtonRow>
          <Button variant="secondary" fill="outline" onClick={onDismiss}>
            <Trans i18nKey="enrol.add.cancel">Cancel</Trans>
          </Button>
          <Button type="submit" disabled={request === null || isSending} icon={isSending ? 'spinner' : undefined}>
            <Trans i18nKey="enrol.add.add">Add</Trans>
          </Button>
        </Modal.ButtonRow>
      </form>
    </Modal>
  );
}

function Refusal({ problem, onPick }: { problem: AgentProblem; onPick: (context: string) => void }) {
  const styles = useStyles2(getStyles);
  const contexts = contextsOf(problem);
  const noContext = t('enrol.add.no-context', 'The agent’s kubeconfig has no such context');
  if (contexts.length === 0)
    return (
      <Alert severity="error" title={problem.code === 'cluster/unknown' ? noContext : problemText(problem.kind).title}>
        {problem.message}
      </Alert>
    );
  return (
    <Alert severity="error" title={noContext}>
      <p>
        <Trans i18nKey="enrol.add.there-are">It has these; choose one:</Trans>
      </p>
      <div className={styles.contexts}>
        {contexts.map((context) => (
          <Button key={context} variant="secondary" size="sm" onClick={() => onPick(context)}>
            {context}
          </Button>
        ))}
      </div>
    </Alert>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  contexts: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    maxHeight: theme.spacing(20),
    overflowY: 'auto',
  }),
  note: css({
    margin: theme.spacing(0, 0, 2),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
